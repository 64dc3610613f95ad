import { canonicalBytes } from '@rind/canonical-json';
import { ed25519FromSeed, ed25519PublicKey, ed25519Sign, keyIdOf } from '@rind/crypto';
import { concatBytes, fromHex, fromUtf8, toHex, utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue, KeyId, ProjectName } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantMessage, grantTargetPath, grantVerbsOf, isExpired } from './grant.ts';
import type { Grant, GrantIssuer, GrantVerb } from './grant.ts';
import {
  grantKey,
  maxSignedGrantBytes,
  parseSignedGrant,
  serializeSignedGrant,
  verifyGrant,
} from './signed-grant.ts';

const always = {
  v: 1,
  repository: 'rind-test',
  id: '0123abcd-0123-4abc-8abc-0123456789ab',
  seq: 1_700_000_000_000_001,
  project: 'six',
  actor: 'demo',
  how: 'token:1',
  iat: 1_700_000_000,
  exp: 1_700_604_800,
} as const;
const digests = { sha256: 'a'.repeat(64), sha512: 'b'.repeat(128), blake2b256: 'c'.repeat(64) };
const extras = {
  filename: 'six-1.0.tar.gz',
  digests,
  length: 12,
  requiresPython: '>=3.8',
  uploadedAt: '2023-11-14T22:13:20.000001Z',
  reason: 'because',
  status: 'archived',
} as const;
type Extra = keyof typeof extras;

const newFile = {
  required: ['filename', 'digests', 'length', 'uploadedAt'],
  optional: ['requiresPython'],
} as const;
const knownFile = { required: ['filename'], optional: ['reason'] } as const;
const rules: Record<GrantVerb, { required: readonly Extra[]; optional: readonly Extra[] }> = {
  add: newFile,
  import: newFile,
  yank: knownFile,
  unyank: knownFile,
  delete: knownFile,
  restore: knownFile,
  revoke: knownFile,
  status: { required: ['status'], optional: ['reason'] },
};
const verbs = Object.keys(rules) as GrantVerb[];

function grantOf(verb: GrantVerb, changes: Record<string, JsonValue | undefined> = {}): Grant {
  const fields = Object.fromEntries(rules[verb].required.map((name) => [name, extras[name]]));
  const all = Object.entries({ ...always, verb, ...fields, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as unknown as Grant;
}

const seeds: Record<GrantIssuer, Uint8Array> = {
  auth: new Uint8Array(32).fill(1),
  operator: new Uint8Array(32).fill(2),
};
const keys = Object.fromEntries(
  Object.entries(seeds).map(([issuer, seed]) => [issuer, ed25519PublicKey(ed25519FromSeed(seed).publicKey)]),
) as Record<GrantIssuer, ReturnType<typeof ed25519PublicKey>>;
const trusted = new Map(
  (['auth', 'operator'] as const).map((issuer) => [keyIdOf(keys[issuer]), grantKey(issuer, keys[issuer])]),
);
const expectHere = { repository: 'rind-test' };

function signed(grant: Grant, issuer: GrantIssuer = 'auth'): Uint8Array {
  const sig = toHex(ed25519Sign(seeds[issuer], grantMessage(grant)));
  return serializeSignedGrant({ grant, keyid: keyIdOf(keys[issuer]), sig });
}

function malformed(problem?: string) {
  const details = problem === undefined ? {} : { details: { problem } };
  return expect.objectContaining({ code: 'grant.malformed', ...details });
}

describe('the fields of a grant', () => {
  const table = verbs.flatMap((verb) =>
    (Object.keys(extras) as Extra[]).map((extra) => [verb, extra] as const),
  );

  it.each(table)('%s and %s', (verb, extra) => {
    const { required, optional } = rules[verb];
    const withIt = () => parseSignedGrant(signed(grantOf(verb, { [extra]: extras[extra] })));
    const without = () => parseSignedGrant(signed(grantOf(verb, { [extra]: undefined })));
    if (required.includes(extra) || optional.includes(extra)) {
      expect(withIt().grant).toEqual(grantOf(verb, { [extra]: extras[extra] }));
    } else expect(withIt).toThrow(malformed(`${verb} has no such field`));
    if (required.includes(extra)) expect(without).toThrow(malformed(`${extra} is missing`));
    else expect(without().grant).toEqual(grantOf(verb));
  });

  it.each(['v', 'repository', 'id', 'seq', 'project', 'actor', 'how', 'iat', 'exp'])(
    '%s is never missing',
    (field) => {
      expect(() => parseSignedGrant(signed(grantOf('yank', { [field]: undefined })))).toThrow(
        malformed(`${field} is missing`),
      );
    },
  );

  it.each<[string, JsonValue[], JsonValue[]]>([
    ['v', [1], [0, 2, '1', null]],
    ['repository', ['x', 'x'.repeat(200)], ['', 'x'.repeat(201), 1, 'a\tb']],
    ['id', ['0123abcd-0123-4abc-8abc-0123456789ab'], ['', 'x', '0123ABCD-0123-4abc-8abc-0123456789ab', 7]],
    ['seq', [1, Number.MAX_SAFE_INTEGER], [0, -1, '1']],
    ['project', ['six'], ['Six', 'a_b', '', '-a', 'a'.repeat(201), '../a', 3]],
    ['filename', ['x', 'six-1.0.tar.gz'], ['', '..', '.x', 'a/b', 'a b', 'a\\b', 'x'.repeat(182), 1]],
    [
      'reason',
      ['', 'x'.repeat(500), 'schön 👩‍💻'],
      ['x'.repeat(501), 'a\nb', 'a\u202eb', 'a\u2028b', 'a\u0085b', 5],
    ],
    ['actor', ['a'], ['', 'a\0', 'a'.repeat(201), {}]],
    ['how', ['operator-key'], ['', 'a\r\nb', []]],
    ['iat', [0, 1_700_000_000], [-1, '0']],
    ['exp', [1_700_000_001], [1_700_000_000, 0, '1']],
  ])('%s is checked', (field, good, bad) => {
    for (const value of good)
      expect(parseSignedGrant(signed(grantOf('yank', { [field]: value }))).grant).toBeDefined();
    for (const value of bad) {
      expect(() => parseSignedGrant(signed(grantOf('yank', { [field]: value })))).toThrow(malformed());
    }
  });

  it.each<[string, JsonValue[], JsonValue[]]>([
    ['length', [0, 2 ** 40], [-1, '1', null]],
    ['requiresPython', ['>=3.8', '===3.8-odd'], ['', 'three', 8, '===é']],
    ['uploadedAt', ['2023-11-14T22:13:20.000001Z'], ['2023-11-14T22:13:20Z', '', 0]],
    [
      'digests',
      [digests],
      [
        null,
        [],
        {},
        { ...digests, md5: 'd'.repeat(32) },
        { sha256: digests.sha256, sha512: digests.sha512 },
        { ...digests, sha256: 'A'.repeat(64) },
        { ...digests, blake2b256: 'a'.repeat(63) },
        { ...digests, sha512: 1 },
      ],
    ],
    ['filename', ['six-1.1-py3-none-any.whl'], ['seven-1.0.tar.gz', 'six.tar.gz', 'six-1.0.exe']],
  ])('%s of a new file is checked', (field, good, bad) => {
    for (const value of good)
      expect(parseSignedGrant(signed(grantOf('add', { [field]: value }))).grant).toBeDefined();
    for (const value of bad) {
      expect(() => parseSignedGrant(signed(grantOf('add', { [field]: value })))).toThrow(malformed());
    }
  });

  it('let an operator import a file named by older rules', () => {
    expect(parseSignedGrant(signed(grantOf('import', { filename: 'six-1.0.exe' }))).grant.filename).toBe(
      'six-1.0.exe',
    );
  });

  it.each(['active', 'archived', 'quarantined', 'deprecated'])('may say the status %s', (status) => {
    expect(parseSignedGrant(signed(grantOf('status', { status }))).grant.status).toBe(status);
  });

  it('say no other status, and no other verb', () => {
    expect(() => parseSignedGrant(signed(grantOf('status', { status: 'gone' })))).toThrow(
      malformed('status is invalid'),
    );
    for (const verb of ['', 'Add', 'toString', '__proto__', 7]) {
      expect(() => parseSignedGrant(signed(grantOf('yank', { verb })))).toThrow(malformed('verb is unknown'));
    }
  });

  it('have no others', () => {
    for (const name of ['extra', 'toString', '__proto__']) {
      const grant = JSON.parse(JSON.stringify(grantOf('yank')).replace('{', `{"${name}":1,`)) as Grant;
      expect(() => parseSignedGrant(signed(grant))).toThrow(malformed('yank has no such field'));
    }
  });
});

describe('a signed grant', () => {
  const good = signed(grantOf('add'));
  const { keyid, sig } = parseSignedGrant(good);
  const envelope = (changes: Record<string, JsonValue>) =>
    canonicalBytes({ grant: grantOf('add') as unknown as JsonObject, keyid, sig, ...changes });

  it('is canonical JSON of these members, and reads back', () => {
    expect(fromUtf8(good)).toMatch(
      /^\{"grant":\{"actor":"demo","digests":.*\},"keyid":"[0-9a-f]{64}","sig":"[0-9a-f]{128}"\}$/,
    );
    expect(serializeSignedGrant(parseSignedGrant(good))).toEqual(good);
  });

  it('is signed over its domain and its canonical form', () => {
    const { grant } = parseSignedGrant(good);
    const message = concatBytes(utf8('rind-grant-v1\n'), canonicalBytes(grant as unknown as JsonObject));
    expect(grantMessage(grant)).toEqual(message);
    expect(fromHex(sig)).toEqual(ed25519Sign(seeds.auth, message));
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no JSON', utf8('{')],
    ['an array', utf8('[]')],
    ['null', utf8('null')],
    ['another member', envelope({ more: 1 })],
    ['no grant', canonicalBytes({ keyid, sig })],
    ['a grant that is a list', envelope({ grant: [] })],
    ['a short key id', envelope({ keyid: 'ab' })],
    ['an upper-case key id', envelope({ keyid: keyid.toUpperCase() })],
    ['an empty signature', envelope({ sig: '' })],
    ['an odd signature', envelope({ sig: 'abc' })],
    ['white space', utf8(` ${fromUtf8(good)}`)],
    ['a line end', utf8(`${fromUtf8(good)}\n`)],
    ['other order', utf8(fromUtf8(good).replace(/^\{("grant":.*),("keyid":"[0-9a-f]+"),/, '{$2,$1,'))],
    ['an escape', utf8(fromUtf8(good).replace('"demo"', '"\\u0064emo"'))],
    ['a member twice', utf8(fromUtf8(good).replace('{"grant"', '{"sig":"00","grant"'))],
    ['a byte order mark', concatBytes(utf8('\ufeff'), good)],
  ])('is not made of %s', (_what, bytes) => {
    expect(() => parseSignedGrant(bytes)).toThrow(malformed());
  });

  it('is bounded', () => {
    const room = maxSignedGrantBytes + 1 - good.length;
    expect(() => parseSignedGrant(concatBytes(good, utf8(' '.repeat(room))))).toThrow(malformed('not JSON'));
  });

  it('survives no change of any byte', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = good.slice();
        changed[at]! ^= change;
        expect(() => verifyGrant(changed, trusted, expectHere)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^grant\./) }),
        );
      }),
    );
  });

  it.each(verbs.flatMap((verb) => (['auth', 'operator'] as const).map((issuer) => [verb, issuer] as const)))(
    'to %s by %s counts only if the issuer may',
    (verb, issuer) => {
      const allowed = issuer === 'auth' ? !['revoke', 'import'].includes(verb) : verb !== 'add';
      expect(grantVerbsOf(issuer).includes(verb)).toBe(allowed);
      const verify = () => verifyGrant(signed(grantOf(verb), issuer), trusted, expectHere);
      if (allowed) expect(verify()).toEqual({ grant: grantOf(verb), issuer });
      else
        expect(verify).toThrow(
          expect.objectContaining({ code: 'grant.verb-not-allowed', details: { verb, issuer } }),
        );
    },
  );

  it('counts only for verbs that the key was trusted with, and never beyond its issuer’s', () => {
    const id = keyIdOf(keys.auth);
    const narrow = new Map([[id, { ...grantKey('auth', keys.auth), verbs: ['yank'] as const }]]);
    expect(verifyGrant(signed(grantOf('yank')), narrow, expectHere).issuer).toBe('auth');
    const code = 'grant.verb-not-allowed';
    expect(() => verifyGrant(signed(grantOf('delete')), narrow, expectHere)).toThrow(
      expect.objectContaining({ code }),
    );
    const wide = new Map([[id, { ...grantKey('auth', keys.auth), verbs: ['revoke'] as const }]]);
    expect(() => verifyGrant(signed(grantOf('revoke')), wide, expectHere)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('by an unknown key does not count', () => {
    const unsupported = {
      key: { ...keys.auth, scheme: 'other' },
      issuer: 'auth',
      verbs: grantVerbsOf('auth'),
    } as const;
    for (const map of [new Map(), new Map([[keyid, unsupported]])]) {
      expect(() => verifyGrant(good, map, expectHere)).toThrow(
        expect.objectContaining({ code: 'grant.unknown-key', details: { keyid } }),
      );
    }
  });

  it('with somebody else’s signature does not count', () => {
    const other = parseSignedGrant(signed(grantOf('add'), 'operator')).sig;
    const bare = toHex(ed25519Sign(seeds.auth, canonicalBytes(grantOf('add') as unknown as JsonObject)));
    for (const wrong of [other, bare, 'ab']) {
      expect(() => verifyGrant(envelope({ sig: wrong }), trusted, expectHere)).toThrow(
        expect.objectContaining({ code: 'grant.bad-signature' }),
      );
    }
  });

  it('for another repository does not count', () => {
    expect(() => verifyGrant(good, trusted, { repository: 'other' })).toThrow(
      expect.objectContaining({ code: 'grant.wrong-repository', details: { repository: 'rind-test' } }),
    );
  });

  it('is found by key id alone: one in the map under another id is unknown', () => {
    const misfiled = new Map([['0'.repeat(64) as KeyId, grantKey('auth', keys.auth)]]);
    expect(() => verifyGrant(good, misfiled, expectHere)).toThrow(
      expect.objectContaining({ code: 'grant.unknown-key' }),
    );
  });
});

describe('a grant', () => {
  it.each(verbs)('to %s is about the right path', (verb) => {
    expect(grantTargetPath(grantOf(verb))).toBe(
      verb === 'status' ? 'simple/six/index.json' : 'packages/six/six-1.0.tar.gz',
    );
  });

  it('expires to the second', () => {
    const grant = { ...grantOf('add'), project: 'six' as ProjectName };
    expect([isExpired(grant, grant.exp * 1000 - 1), isExpired(grant, grant.exp * 1000)]).toEqual([
      false,
      true,
    ]);
  });
});
