/** One broken repository for each finding: everything but the fault in question is as it should be. */
import { canonicalBytes } from '@rind/canonical-json';
import { hashHex, keyIdOf } from '@rind/crypto';
import type { JsonObject, JsonValue, KeyId, ProjectName } from '@rind/kernel';
import { fromUtf8, toTufDate, utf8 } from '@rind/kernel';
import { renderProjectPage } from '@rind/index-model';
import { joinMetadata } from '@rind/metadata';
import type { RepositorySimulator } from '@rind/testkit';
import { signedBy, testKey } from '@rind/testkit';
import type { CommittedRecords, FindingCode, FsckOptions } from '../src/index.ts';
import {
  contents,
  documented,
  documents,
  pageFile,
  pageOf,
  recorded,
  recordsOf,
  repository,
  six,
  startMs,
} from './repository.ts';

export interface Damaged {
  readonly simulator: RepositorySimulator;
  readonly options?: Partial<FsckOptions> & { readonly listable?: boolean };
  /** Findings that follow from the same fault. */
  readonly also?: readonly FindingCode[];
}

const HOUR_MS = 3_600_000;
const SIX_PAGE = 'simple/six/index.json';

function text(simulator: RepositorySimulator, path: string, change: (text: string) => string): void {
  simulator.served.put(path, utf8(change(fromUtf8(simulator.served.get(path)!))));
}

/** An honest repository, changed by `change`. */
function damaged(
  change: (simulator: RepositorySimulator) => Omit<Damaged, 'simulator'> | void,
): () => Damaged {
  return () => {
    const simulator = repository();
    return { simulator, ...change(simulator) };
  };
}

/** The next version of a role with a change in it, in a consistent chain. */
function forged(role: string, change: (signed: JsonObject) => JsonObject, also: readonly FindingCode[] = []) {
  return damaged((simulator) => {
    simulator.forge(role, { change });
    return { also };
  });
}

interface Sig {
  readonly keyid: KeyId;
  readonly sig: string;
}

/** The role's next version with other signatures than its own. */
function resign(
  simulator: RepositorySimulator,
  role: string,
  change: (own: readonly Sig[]) => readonly Sig[],
): void {
  simulator.forge(role, {
    sign: (signed) => {
      const message = canonicalBytes(signed);
      return joinMetadata(message, change(simulator.signers(role).map((key) => key.sign(message))));
    },
  });
}

function withSignatures(role: string, change: (own: readonly Sig[]) => readonly Sig[]) {
  return damaged((simulator) => resign(simulator, role, change));
}

/** One of two keys is enough for the bins, and one bin has signatures by both. */
function binSignedTwice(change: (own: readonly Sig[]) => readonly Sig[]) {
  return (): Damaged => {
    const simulator = repository({ thresholds: { 'bin-n': 2 } });
    const oneIsEnough = (signed: JsonObject) =>
      edited(signed, (copy) => void (objectIn(copy, 'delegations', 'succinct_roles')['threshold'] = 1));
    simulator.forge('bins', { change: oneIsEnough });
    resign(simulator, 'bin-3', change);
    return { simulator };
  };
}

function objectIn(signed: JsonObject, ...fields: readonly string[]): Record<string, JsonValue> {
  return fields.reduce((value, field) => value[field] as JsonObject, signed) as Record<string, JsonValue>;
}

/** A copy that may be changed in place. */
function edited(signed: JsonObject, change: (copy: JsonObject) => void): JsonObject {
  const copy = structuredClone(signed);
  change(copy);
  return copy;
}

/** The bin of `six` with another entry for it. */
function sixAs(entry: (now: JsonObject) => JsonObject, also: readonly FindingCode[] = []) {
  return damaged((simulator) => {
    const change = (signed: JsonObject) =>
      edited(signed, (copy) => {
        const targets = objectIn(copy, 'targets');
        targets[six] = entry(targets[six] as JsonObject);
      });
    simulator.forge(simulator.binFor(six), { change });
    return { also };
  });
}

/** A timestamp that says something else of the snapshot. */
function snapshotAs(change: (meta: JsonObject) => JsonObject) {
  return forged('timestamp', (signed) =>
    edited(signed, (copy) => {
      const meta = objectIn(copy, 'meta');
      meta['snapshot.json'] = change(meta['snapshot.json'] as JsonObject);
    }),
  );
}

function sixPage(page: Uint8Array, also: readonly FindingCode[] = []) {
  return damaged((simulator) => {
    simulator.addTarget(SIX_PAGE, page);
    simulator.publish();
    return { also };
  });
}

/** With core metadata and provenance that are as they should be, but for one file. */
function withDocuments(
  change: (served: RepositorySimulator['served'], metadata: string, provenance: string) => void,
) {
  return (): Damaged => {
    const simulator = documented();
    const [{ path, provenancePath }] = documents as [(typeof documents)[number]];
    change(simulator.served, `${simulator.targetObject(path)}.metadata`, provenancePath);
    return { simulator };
  };
}

function withRecords(
  changes: (simulator: RepositorySimulator, honest: CommittedRecords) => Partial<CommittedRecords>,
) {
  return damaged((simulator) => {
    const honest = recordsOf(simulator);
    return { options: { records: { ...honest, ...changes(simulator, honest) } } };
  });
}

/** Bins of Rind with a bad entry in the delegation's keys. */
function binKeys(change: (keys: Record<string, JsonValue>, succinct: Record<string, JsonValue>) => void) {
  return forged('bins', (signed) =>
    edited(signed, (copy) =>
      change(objectIn(copy, 'delegations', 'keys'), objectIn(copy, 'delegations', 'succinct_roles')),
    ),
  );
}

export const damages: Readonly<Record<FindingCode, () => Damaged>> = {
  'fsck.missing': damaged((simulator) => simulator.served.remove(simulator.published('bin-2').path)),
  'fsck.too-large': damaged((simulator) => {
    text(simulator, simulator.published('snapshot').path, (old) => old + ' '.repeat(2_000_000));
  }),
  'fsck.malformed': damaged((simulator) =>
    text(simulator, simulator.published('bin-1').path, (old) => old.slice(1)),
  ),
  'fsck.duplicate-key': damaged((simulator) => {
    text(simulator, simulator.published('bin-1').path, (old) => old.replace('{', '{"signatures":[],'));
  }),
  'fsck.not-canonical': damaged((simulator) =>
    text(simulator, 'metadata/timestamp.json', (old) => `${old}\n`),
  ),
  'fsck.root-fork': damaged((simulator) => {
    const expires = toTufDate(startMs + 1000 * HOUR_MS * 24);
    const other = edited(JSON.parse(fromUtf8(simulator.bootstrapRoot)).signed as JsonObject, (copy) => {
      objectIn(copy)['expires'] = expires;
    });
    simulator.served.put('metadata/1.root.json', signedBy(other, simulator.signers('root')));
  }),
  'fsck.root-gap': damaged((simulator) => {
    for (let round = 0; round < 3; round++) simulator.publishRoot();
    simulator.served.remove('metadata/3.root.json');
  }),
  'fsck.root-absent': damaged((simulator) => simulator.served.remove('metadata/1.root.json')),
  'fsck.threshold': damaged((simulator) => simulator.stripSignature('bin-3')),
  'fsck.signature-form': withSignatures('snapshot', (own) =>
    own.map(({ keyid, sig }) => ({ keyid, sig: sig.toUpperCase() })),
  ),
  'fsck.bad-signature': binSignedTwice((signatures) => [
    signatures[0]!,
    { ...signatures[1]!, sig: signatures[0]!.sig },
  ]),
  'fsck.empty-signature': binSignedTwice((signatures) => [signatures[0]!, { ...signatures[1]!, sig: '' }]),
  'fsck.unknown-signer': withSignatures('timestamp', (own) => [
    ...own,
    testKey('a stranger').sign(utf8('anything')),
  ]),
  'fsck.unsupported-key': binKeys((keys) => {
    const key = { keytype: 'quantum', scheme: 'quantum', keyval: { public: '00' } };
    keys[keyIdOf(key)] = key;
  }),
  'fsck.absent-key': binKeys((_keys, succinct) => {
    succinct['keyids'] = [...(succinct['keyids'] as string[]), 'ab'.repeat(32)];
  }),
  'fsck.doubled-key': damaged((simulator) => simulator.doubleSignatureByOneKey('bin-3', 'two-ids')),
  'fsck.key-id': binKeys((keys) => {
    keys['ab'.repeat(32)] = Object.values(keys)[0]!;
  }),
  'fsck.version': damaged((simulator) => {
    const { path } = simulator.published('bin-1');
    const older = simulator.published('bin-1').bytes;
    for (let round = 0; round < 3; round++) simulator.forge('bin-1', {});
    simulator.served.put(simulator.published('bin-1').path, older);
    simulator.served.remove(path);
  }),
  'fsck.length': snapshotAs((meta) => ({ ...meta, length: (meta['length'] as number) + 1 })),
  'fsck.hash': snapshotAs((meta) => ({ ...meta, hashes: { sha256: hashHex('sha256', utf8('another')) } })),
  'fsck.unsupported-hash': snapshotAs((meta) => ({ ...meta, hashes: { md5: 'ab'.repeat(16) } })),
  'fsck.not-listed': damaged((simulator) => {
    simulator.deleteRoleFromSnapshot('bin-1');
    return { also: ['fsck.possible-rollback'] };
  }),
  'fsck.dangling': forged('snapshot', (signed) =>
    edited(signed, (copy) => {
      objectIn(copy, 'meta')['forgotten.json'] = { version: 1 };
    }),
  ),
  'fsck.expired': damaged((simulator) => simulator.expire('bin-2')),
  'fsck.expiring': forged('targets', (signed) => ({
    ...signed,
    expires: toTufDate(startMs + 59 * 24 * HOUR_MS),
  })),
  'fsck.bin-range': damaged((simulator) => {
    const wrong = simulator.binFor(six) === 'bin-0' ? 'bin-1' : 'bin-0';
    simulator.removeTarget(six);
    simulator.addTarget(six, contents[six]!, wrong);
    simulator.publish();
  }),
  'fsck.bin-size': damaged(() => ({ options: { limits: { largeBinBytes: 400 } } })),
  'fsck.bin-name': forged('bin-2', (signed) => ({ ...signed, 'x-rind-role': 'bin-3' })),
  'fsck.bin-unnamed': forged('bin-2', ({ 'x-rind-role': _, ...signed }) => signed),
  'fsck.bin-version': damaged((simulator) => simulator.fastForward('bin-2', simulator.version('bin-2') + 5)),
  'fsck.bin-version-shared': damaged((simulator) => {
    for (let round = 0; round < 3; round++) simulator.forge('bin-1', {});
    simulator.fastForward('bin-2', simulator.version('bin-1'));
    return { also: ['fsck.bin-version'] };
  }),
  'fsck.bins-alike': () => ({ simulator: repository({ binNames: 'absent', binVersions: 'shared' }) }),
  'fsck.outside-delegation': damaged((simulator) => {
    simulator.delegate('targets', { name: 'docs', terminating: true, paths: ['docs/*'] });
    simulator.addTarget('other/guide', 'text', 'docs');
    simulator.publish();
  }),
  'fsck.target-path': damaged((simulator) => {
    simulator.delegate('targets', { name: 'docs', terminating: true, paths: ['docs/*/*'] });
    simulator.addTarget('docs/../guide', 'text', 'docs');
    simulator.publish();
  }),
  'fsck.target-missing': damaged((simulator) => simulator.served.remove(simulator.targetObject(six))),
  'fsck.target-length': damaged((simulator) => simulator.wrongLength(six)),
  'fsck.target-hash': damaged((simulator) => simulator.wrongHash(six)),
  'fsck.target-unsupported-hash': sixAs(
    (now) => ({ ...now, hashes: { md5: 'ab'.repeat(16) } }),
    ['fsck.page-lists-unsigned'],
  ),
  'fsck.target-alias': sixAs((now) => ({
    ...now,
    hashes: { ...(now['hashes'] as JsonObject), sha512: hashHex('sha512', utf8(contents[six]!)) },
  })),
  'fsck.page-missing': damaged((simulator) => {
    simulator.removeTarget(SIX_PAGE);
    simulator.publish();
  }),
  'fsck.page-malformed': sixPage(utf8('{}')),
  'fsck.page-lists-unsigned': sixPage(
    pageOf('six', {
      files: [
        pageFile('six-1.0.tar.gz', 'first'),
        pageFile('six-1.1.tar.gz', 'second'),
        pageFile('six-1.2.tar.gz', 'never signed'),
      ],
    }),
  ),
  'fsck.page-lacks-file': sixPage(
    renderProjectPage({
      name: 'six' as ProjectName,
      status: 'active',
      files: [pageFile('six-1.0.tar.gz', 'first')],
    }),
  ),
  'fsck.core-metadata-missing': withDocuments((served, metadata) => served.remove(metadata)),
  'fsck.core-metadata-hash': withDocuments((served, metadata) => served.put(metadata, utf8('Name: other'))),
  'fsck.provenance-missing': withDocuments((served, _metadata, provenance) => served.remove(provenance)),
  'fsck.provenance-hash': withDocuments((served, _metadata, provenance) =>
    served.put(provenance, utf8('{}')),
  ),
  'fsck.stray-file': damaged((simulator) => simulator.served.put('metadata/1.nobody.json', utf8('{}'))),
  'fsck.unpublished-version': damaged((simulator) =>
    simulator.served.put('metadata/99.snapshot.json', utf8('{}')),
  ),
  'fsck.unexplained-version': damaged((simulator) => {
    simulator.served.put('metadata/99.snapshot.json', utf8('{}'));
    return { options: { records: recordsOf(simulator) } };
  }),
  'fsck.version-gap': damaged((simulator) => {
    for (let round = 0; round < 3; round++) simulator.publish();
    simulator.served.remove('metadata/3.snapshot.json');
  }),
  'fsck.possible-rollback': damaged((simulator) => {
    simulator.rollbackBin(simulator.binFor(six));
    return { also: ['fsck.page-lists-unsigned', 'fsck.unpublished-version'] };
  }),
  'fsck.rollback': damaged((simulator) => {
    simulator.rollbackBin(simulator.binFor(six));
    const also: FindingCode[] = ['fsck.database-role', 'fsck.database-targets', 'fsck.unexplained-version'];
    return { options: { records: recordsOf(simulator) }, also: [...also, 'fsck.page-lists-unsigned'] };
  }),
  'fsck.publication-open': damaged((simulator) => {
    const records = recordsOf(simulator);
    simulator.publish();
    const open = [
      { snapshotVersion: simulator.version('snapshot'), timestampVersion: simulator.version('timestamp') },
    ];
    return { options: { records: { ...records, open } } };
  }),
  'fsck.moved-on': damaged((simulator) => {
    const honest = recordsOf(simulator);
    const roles = honest.roles.map((role) =>
      role.name === 'timestamp' ? { ...role, version: role.version + 1 } : role,
    );
    let isPublished = false;
    const progress = (): void => {
      if (!isPublished) simulator.publish();
      isPublished = true;
    };
    const unpublished: CommittedRecords['unpublished'] = async () => ({
      snapshots: new Set([simulator.version('snapshot')]),
      bins: new Map(),
    });
    return {
      options: { progress, records: { ...honest, roles, unpublished } },
      also: ['fsck.unpublished-version'],
    };
  }),
  'fsck.database-role': withRecords((simulator, { bins }) => ({
    bins: new Map([...bins, [2, { ...bins.get(2)!, version: simulator.version('bin-2') + 32_768 }]]),
  })),
  'fsck.database-targets': withRecords((_simulator, honest) => ({
    targets: async function* () {
      yield* honest.targets();
      yield recorded('packages/six/six-1.2.tar.gz', utf8('recorded only'));
    },
  })),
};
