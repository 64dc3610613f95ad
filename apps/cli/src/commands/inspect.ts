import { HttpFetcher } from '@rind/client-node';
import { keyIdOf } from '@rind/crypto';
import { hasCanonicalKeyIds, isExpired, parseMetadata } from '@rind/metadata';
import type { AnyMetadata, Delegations, Root, Targets } from '@rind/metadata';
import { counted } from '../counted.ts';
import { CliError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';

const maxBytes = 10_000_000;

/** Shows what a TUF file says, in words. Signatures are listed, not judged: that needs the delegator. */
export async function inspect({ clock, output }: Invocation, source: string): Promise<void> {
  const metadata = parseMetadata(await read(source));
  const expired = isExpired(metadata.signed, clock.nowMs());
  const lines = [...common(metadata, expired), ...body(metadata)];
  // What stands in the file may be anybody's: it gets no line of its own.
  output.result(asJson(metadata, expired), lines.map((line) => line.replaceAll('\n', '\ufffd')).join('\n'));
}

async function read(source: string): Promise<Uint8Array> {
  if (!/^https?:\/\//.test(source)) return readLocalFile(source);
  const bytes = await new HttpFetcher().fetch(source, maxBytes);
  if (bytes === null) throw new CliError('file.not-found', `${source} is not there`, { file: source });
  return bytes;
}

function common({ signed, signatures, bytes }: AnyMetadata, expired: boolean): string[] {
  return [
    `${signed.type} version ${signed.version} (TUF ${signed.specVersion}, ${bytes.length} bytes)`,
    `  ${expired ? 'EXPIRED' : 'expires'} ${signed.expires}`,
    `  signed by ${signatures.map(({ keyid }) => keyid.slice(0, 16)).join(', ') || 'nobody'}`,
  ];
}

function body(metadata: AnyMetadata): string[] {
  const { signed } = metadata;
  switch (signed.type) {
    case 'root':
      return describeRoot(signed as Root);
    case 'timestamp': {
      const { snapshotMeta } = signed as Extract<AnyMetadata['signed'], { type: 'timestamp' }>;
      return [`  snapshot version ${snapshotMeta.version}`];
    }
    case 'snapshot': {
      const { meta } = signed as Extract<AnyMetadata['signed'], { type: 'snapshot' }>;
      const shown = [...meta].slice(0, 5).map(([file, { version }]) => `    ${file} version ${version}`);
      return [`  lists ${counted(meta.size, 'file')}`, ...shown, ...(meta.size > 5 ? ['    …'] : [])];
    }
    case 'targets':
      return describeTargets(signed as Targets);
  }
}

function describeRoot(root: Root): string[] {
  const roles = Object.entries(root.roles).map(
    ([name, { keyIds, threshold }]) =>
      `  ${name.padEnd(9)} ${threshold} of ${keyIds.length}: ${keyIds.map((id) => id.slice(0, 16)).join(', ')}`,
  );
  const keys = [...root.keys].map(([id, key]) => `    ${id.slice(0, 16)} ${key.keytype}/${key.scheme}`);
  const odd = hasCanonicalKeyIds(root) ? [] : ['  some key ids are not the hash of their key'];
  return [
    `  consistent snapshot: ${root.consistentSnapshot ? 'yes' : 'no'}`,
    ...roles,
    '  keys',
    ...keys,
    ...odd,
  ];
}

function describeTargets(targets: Targets): string[] {
  const shown = [...targets.targets]
    .slice(0, 10)
    .map(([path, { length, hashes }]) => `    ${path} (${length} bytes, ${[...hashes.keys()].join(' ')})`);
  return [
    ...(targets.roleName === undefined ? [] : [`  names itself ${targets.roleName}`]),
    `  ${counted(targets.targets.size, 'target')}`,
    ...shown,
    ...(targets.targets.size > 10 ? ['    …'] : []),
    ...(targets.delegations === undefined ? [] : describeDelegations(targets.delegations)),
  ];
}

function describeDelegations(delegations: Delegations): string[] {
  if (delegations.kind === 'succinct') {
    const { bitLength, namePrefix, threshold, keyIds } = delegations.succinct;
    return [
      `  delegates to ${2 ** bitLength} succinct bins ${namePrefix}-…, ${threshold} of ${counted(keyIds.length, 'key')}`,
    ];
  }
  const roles = delegations.roles.slice(0, 5).map(({ name, threshold, keyIds, terminating, paths }) => {
    const by = paths === undefined ? 'by hash prefix' : paths.join(' ');
    return `    ${name}: ${threshold} of ${keyIds.length}${terminating ? ', terminating' : ''}, ${by}`;
  });
  const more = delegations.roles.length > 5 ? ['    …'] : [];
  return [`  delegates to ${counted(delegations.roles.length, 'role')}`, ...roles, ...more];
}

function asJson({ signed, signatures, bytes }: AnyMetadata, expired: boolean): object {
  return {
    type: signed.type,
    version: signed.version,
    expires: signed.expires,
    specVersion: signed.specVersion,
    bytes: bytes.length,
    expired,
    signatures,
    signed: signed.raw,
    ...(signed.type === 'root'
      ? { keyIds: [...(signed as Root).keys].map(([id, key]) => ({ id, canonical: keyIdOf(key) === id })) }
      : {}),
  };
}
