import { canonicalBytes } from '@rind/canonical-json';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { fromUtf8, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { testSigner } from '../test/signer.ts';
import type { MetadataErrorCode } from './errors.ts';
import { MetadataError } from './errors.ts';
import { keyMap } from './key-map.ts';
import { parseMetadata, parseRoot, parseSnapshot, parseTargets, parseTimestamp } from './metadata.ts';
import { rootSigned } from './root.ts';
import { serializeMetadata } from './serialize.ts';
import { roleTypes } from './signed.ts';
import type { RoleType } from './signed.ts';
import { snapshotSigned } from './snapshot.ts';
import { targetsSigned } from './targets.ts';
import { timestampSigned } from './timestamp.ts';

const { id, key } = testSigner(1);
const common = { version: 3, expires: '2030-01-01T00:00:00Z' };
const who = { keyIds: [id], threshold: 1 };
const sha256 = 'ab'.repeat(32);

const documents: Record<RoleType | 'succinct', JsonObject> = {
  root: rootSigned({
    ...common,
    consistentSnapshot: true,
    keys: keyMap(key),
    roles: { root: who, timestamp: who, snapshot: who, targets: who },
  }),
  timestamp: timestampSigned({
    ...common,
    snapshotMeta: { version: 2, length: 9, hashes: new Map([['sha256', sha256]]) },
  }),
  snapshot: snapshotSigned({ ...common, meta: new Map([['targets.json', { version: 1 }]]) }),
  targets: targetsSigned({
    ...common,
    targets: new Map([
      ['a/b.whl' as never, { length: 1, hashes: new Map([['sha256', sha256]]), custom: { a: 1 } }],
    ]),
    delegations: {
      kind: 'roles',
      keys: keyMap(key),
      roles: [{ ...who, name: 'r', terminating: true, paths: ['a/*'] }],
    },
    roleName: 'bin-0a3f',
  }),
  succinct: targetsSigned({
    ...common,
    targets: new Map(),
    delegations: {
      kind: 'succinct',
      keys: keyMap(key),
      succinct: { ...who, bitLength: 14, namePrefix: 'bin' },
    },
  }),
};

/** The file of a document in which the field at `path` is `value`, or is missing. */
function changed(document: RoleType | 'succinct', path: string, value?: JsonValue): Uint8Array {
  const copy = JSON.parse(JSON.stringify(documents[document])) as Record<string, unknown>;
  const steps = path.split('/');
  const last = steps.pop()!;
  const parent = steps.reduce((object, step) => object[step] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return serializeMetadata(copy as JsonObject, []);
}

function codeOf(parse: () => unknown): MetadataErrorCode | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (error instanceof MetadataError) return error.code;
    throw error;
  }
}

const SYNTAX = 'metadata.syntax';
const DATE = 'metadata.bad-date';
const SPEC = 'metadata.unsupported-spec-version';
const AMBIGUOUS = 'metadata.ambiguous-delegation';

describe('parsing metadata', () => {
  it.each(roleTypes)('refuses %s where another role is asked for', (type) => {
    const parsers = {
      root: parseRoot,
      timestamp: parseTimestamp,
      snapshot: parseSnapshot,
      targets: parseTargets,
    };
    for (const [wanted, parse] of Object.entries(parsers)) {
      const file = serializeMetadata({ ...documents[wanted as RoleType], _type: type }, []);
      expect(codeOf(() => parse(file))).toBe(wanted === type ? null : 'metadata.wrong-type');
    }
  });

  it('refuses a type that does not exist', () => {
    expect(codeOf(() => parseMetadata(changed('targets', '_type', 'mirrors')))).toBe('metadata.wrong-type');
  });

  it.each<[RoleType | 'succinct', string, JsonValue | undefined, MetadataErrorCode | null]>([
    ['root', 'version', 0, SYNTAX],
    ['root', 'version', -1, SYNTAX],
    ['root', 'version', '3', SYNTAX],
    ['root', 'version', true, SYNTAX],
    ['root', 'version', undefined, SYNTAX],
    ['root', 'version', Number.MAX_SAFE_INTEGER, null],
    ['root', '_type', undefined, SYNTAX],
    ['root', 'expires', undefined, SYNTAX],
    ['root', 'expires', 1893456000, SYNTAX],
    ['root', 'expires', '2030-01-01T00:00:00.000Z', DATE],
    ['root', 'expires', '2030-02-30T00:00:00Z', DATE],
    ['root', 'spec_version', '1.0', null],
    ['root', 'spec_version', '1.99.0', null],
    ['root', 'spec_version', '2.0.0', SPEC],
    ['root', 'spec_version', '1', SPEC],
    ['root', 'spec_version', '1.0.0.0', SPEC],
    ['root', 'spec_version', '1.0.x', SPEC],
    ['root', 'spec_version', '10.0.0', SPEC],
    ['root', 'spec_version', undefined, SYNTAX],
    ['root', 'consistent_snapshot', undefined, null],
    ['root', 'consistent_snapshot', false, null],
    ['root', 'consistent_snapshot', 'true', SYNTAX],
    ['root', 'keys', [], SYNTAX],
    ['root', `keys/${id}`, null, SYNTAX],
    ['root', `keys/${id}/keytype`, undefined, SYNTAX],
    ['root', `keys/${id}/keytype`, 'from-the-future', null],
    ['root', `keys/${id}/scheme`, 7, SYNTAX],
    ['root', `keys/${id}/keyval`, 'x', SYNTAX],
    ['root', `keys/${id}/keyval/public`, {}, SYNTAX],
    ['root', 'roles/mirrors', { keyids: [], threshold: 1 }, 'metadata.unknown-role'],
    ['root', 'roles/snapshot', undefined, SYNTAX],
    ['root', 'roles/root/threshold', 0, SYNTAX],
    ['root', 'roles/root/threshold', undefined, SYNTAX],
    ['root', 'roles/root/threshold', 5, null],
    ['root', 'roles/root/keyids', [], null],
    ['root', 'roles/root/keyids', ['a', 'b', 'a'], 'metadata.duplicate-key-id'],
    ['root', 'roles/root/keyids', [1], SYNTAX],
    ['root', 'x-unknown', { nested: [null] }, null],
    ['timestamp', 'meta', undefined, SYNTAX],
    ['timestamp', 'meta/snapshot.json', undefined, SYNTAX],
    ['timestamp', 'meta/targets.json', { version: 1 }, 'metadata.unexpected-entry'],
    ['timestamp', 'meta/snapshot.json/version', 0, SYNTAX],
    ['timestamp', 'meta/snapshot.json/length', -1, SYNTAX],
    ['timestamp', 'meta/snapshot.json/length', undefined, null],
    ['timestamp', 'meta/snapshot.json/hashes', {}, SYNTAX],
    ['timestamp', 'meta/snapshot.json/hashes', undefined, null],
    ['timestamp', 'meta/snapshot.json/x-unknown', 1, null],
    ['snapshot', 'meta/targets.json', 1, SYNTAX],
    ['snapshot', 'meta/targets.json/version', 0, SYNTAX],
    ['snapshot', 'meta/bin.json', { version: 2, hashes: { sha256: '../../x' } }, SYNTAX],
    ['targets', 'targets', [], SYNTAX],
    ['targets', 'targets/a~b', { length: 1, hashes: { sha256 } }, null],
    ['targets', 'targets/new', { length: -1, hashes: { sha256 } }, SYNTAX],
    ['targets', 'targets/new', { length: 1 }, SYNTAX],
    ['targets', 'targets/new', { hashes: { sha256 } }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: {} }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { sha256: '' } }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { sha256: 'AB' } }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { sha256: 'abc' } }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { sha256: 'ab/..' } }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { unheard: 'ab' } }, null],
    ['targets', 'targets/new', { length: 1, hashes: { sha256 }, custom: 'x' }, SYNTAX],
    ['targets', 'targets/new', { length: 1, hashes: { sha256 }, custom: {} }, null],
    ['targets', 'x-rind-role', 7, SYNTAX],
    ['targets', 'delegations', null, SYNTAX],
    ['targets', 'delegations', undefined, null],
    ['targets', 'delegations/keys', undefined, SYNTAX],
    ['targets', 'delegations/roles', undefined, AMBIGUOUS],
    ['targets', 'delegations/roles', [], null],
    ['targets', 'delegations/roles', {}, SYNTAX],
    ['targets', 'delegations/succinct_roles', {}, AMBIGUOUS],
    ['targets', 'delegations/roles/0', 'r', SYNTAX],
    ['targets', 'delegations/roles/0/name', '', 'metadata.bad-role-name'],
    ['targets', 'delegations/roles/0/name', 'snapshot', 'metadata.bad-role-name'],
    ['targets', 'delegations/roles/0/name', undefined, SYNTAX],
    [
      'targets',
      'delegations/roles/1',
      { name: 'r', keyids: [], threshold: 1, paths: [] },
      'metadata.duplicate-role',
    ],
    ['targets', 'delegations/roles/0/terminating', undefined, null],
    ['targets', 'delegations/roles/0/terminating', 1, SYNTAX],
    ['targets', 'delegations/roles/0/paths', 'a/*', SYNTAX],
    ['targets', 'delegations/roles/0/paths', [1], SYNTAX],
    ['targets', 'delegations/roles/0/paths', undefined, null],
    ['targets', 'delegations/roles/0/path_hash_prefixes', ['ab'], AMBIGUOUS],
    ['targets', 'delegations/roles/0/threshold', 0, SYNTAX],
    ['targets', 'delegations/roles/0/keyids', [id, id], 'metadata.duplicate-key-id'],
    [
      'targets',
      'delegations/roles/0',
      { name: 'r', keyids: [], threshold: 1, path_hash_prefixes: ['AB'] },
      SYNTAX,
    ],
    [
      'targets',
      'delegations/roles/0',
      { name: 'r', keyids: [], threshold: 1, path_hash_prefixes: ['a'] },
      null,
    ],
    ['succinct', 'delegations/succinct_roles/bit_length', 0, SYNTAX],
    ['succinct', 'delegations/succinct_roles/bit_length', 1, null],
    ['succinct', 'delegations/succinct_roles/bit_length', 32, null],
    ['succinct', 'delegations/succinct_roles/bit_length', 33, SYNTAX],
    ['succinct', 'delegations/succinct_roles/name_prefix', undefined, SYNTAX],
    ['succinct', 'delegations/succinct_roles/threshold', 0, SYNTAX],
    ['succinct', 'delegations/succinct_roles/keyids', [id, id], 'metadata.duplicate-key-id'],
  ])('answers to a %s whose %s is %j with %s', (document, path, value, code) => {
    expect(codeOf(() => parseMetadata(changed(document, path, value)))).toBe(code);
  });

  it('says where the fault is', () => {
    expect(() => parseMetadata(changed('root', 'roles/root/threshold', 0))).toThrow(
      expect.objectContaining({
        details: { field: 'signed.roles.root.threshold', expected: 'an integer of at least 1' },
      }),
    );
  });

  it.each<[string, string, MetadataErrorCode]>([
    ['no JSON', '{', 'metadata.not-json'],
    ['a list', '[]', SYNTAX],
    ['no signatures', '{"signed":{}}', SYNTAX],
    ['no signed', '{"signatures":[]}', SYNTAX],
    ['a signed text', '{"signatures":[],"signed":"x"}', SYNTAX],
    ['signatures by id', '{"signatures":{},"signed":{}}', SYNTAX],
    ['a signature without id', '{"signatures":[{"sig":"ab"}],"signed":{}}', SYNTAX],
    ['a signature without value', '{"signatures":[{"keyid":"ab"}],"signed":{}}', SYNTAX],
  ])('refuses %s', (_, text, code) => {
    expect(codeOf(() => parseMetadata(utf8(text)))).toBe(code);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(codeOf(() => parseMetadata(Uint8Array.of(0x7b, 0xff, 0x7d)))).toBe('metadata.not-json');
  });

  it('refuses two signatures under one id, the same or not', () => {
    const twice = (sig: string) =>
      serializeMetadata(documents.root, [
        { keyid: id, sig: 'ab' },
        { keyid: id, sig },
      ]);
    expect(codeOf(() => parseRoot(twice('ab')))).toBe('metadata.duplicate-signature');
    expect(codeOf(() => parseRoot(twice('cd')))).toBe('metadata.duplicate-signature');
  });

  it('refuses a target path listed twice', () => {
    const text = fromUtf8(serializeMetadata(documents.targets, []));
    const twice = text.replace('"targets":{', `"targets":{"a/b.whl":{"hashes":{"sha256":"00"},"length":0},`);
    expect(codeOf(() => parseTargets(utf8(twice)))).toBe('metadata.not-json');
  });

  it('takes a path called __proto__ for a path', () => {
    const text = fromUtf8(serializeMetadata(documents.targets, [])).replace('"a/b.whl"', '"__proto__"');
    const { targets } = parseTargets(utf8(text)).signed;
    expect([...targets.keys()]).toEqual(['__proto__']);
    expect(fromUtf8(parseTargets(utf8(text)).signedBytes())).toContain('"__proto__":{');
  });
});

describe('serialising metadata', () => {
  it('escapes the line ends of PEM keys in the file, and signs them raw', () => {
    const pem = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: 'a\nb\u0001\n' } };
    const signed = { ...documents.root, keys: { x: pem } } as JsonObject;
    const file = serializeMetadata(signed, []);
    expect(fromUtf8(file)).toContain('"public":"a\\nb\\u0001\\n"');
    expect(fromUtf8(parseRoot(file).signedBytes())).toContain('"public":"a\nb\u0001\n"');
  });

  it('leaves the signed bytes as they are when there is nothing to escape', () => {
    const file = fromUtf8(serializeMetadata(documents.targets, []));
    expect(file).toBe(`{"signatures":[],"signed":${fromUtf8(canonicalBytes(documents.targets))}}`);
  });
});
