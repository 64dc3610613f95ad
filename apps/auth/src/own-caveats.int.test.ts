import type { SignedGrant } from '@rind/index-model';
import { attenuate } from '@rind/macaroon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';
import type { Reply } from './testing/auth-fixture.ts';

let auth: AuthCalls;
let token: string;
beforeAll(async () => {
  auth = await startAuthCalls();
  token = await auth.mint('alice');
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  for (const each of auth.minted) expect(log).not.toContain(each);
});

const outcome = ({ status, code }: Reply) => (status === 200 ? 'granted' : `${status} ${code}`);
const wheel = (project: string, version: string) => ({
  filename: `${project.replaceAll('-', '_')}-${version}-py3-none-any.whl`,
});
const digests = (digit: string) => ({
  digests: { sha256: digit.repeat(64), sha512: digit.repeat(128), blake2b256: digit.repeat(64) },
});
const usesOf = (project: string) =>
  auth.rows(
    'SELECT nonce FROM auth.token_use u JOIN auth.grant_log g ON g.id = u.grant_id WHERE project = $1',
    project,
  );
const grantsOf = (project: string) => auth.rows('SELECT id FROM auth.grant_log WHERE project = $1', project);

describe('a token for one version', () => {
  it.each([
    ['1.0', ['1.0'], 'granted'],
    ['1.0', ['1', '3'], 'granted'],
    ['1.0.0', ['1.0'], 'granted'],
    ['1.0rc1', ['1.0-RC.1'], 'granted'],
    ['1.0', ['1.0rc1'], '403 token.wrong-version'],
    ['1.1', ['1.0'], '403 token.wrong-version'],
    ['1!1.0', ['1.0'], '403 token.wrong-version'],
    ['1.0', ['one'], '403 token.wrong-version'],
    ['1.0', [], '403 token.wrong-version'],
  ])('as the file %s, restricted to %j: %s', async (version, versions, expected) => {
    const project = auth.fresh('versioned');
    const narrow = attenuate(token, [100, versions]);
    expect((await auth.introspect(narrow)).json['active']).toBe(true);
    expect(outcome(await auth.grant(narrow, project, wheel(project, version)))).toBe(expected);
    expect(await auth.owners(project)).toHaveLength(expected === 'granted' ? 1 : 0);
  });

  it('is for no file whose name tells no version', async () => {
    const reply = await auth.grant(attenuate(token, [100, ['1.0']]), auth.fresh('odd'), {
      filename: 'readme.txt',
    });
    expect(outcome(reply)).toBe('403 token.wrong-version');
  });
});

describe('a token for one file', () => {
  it('is for that digest alone, which nobody needs to know before', async () => {
    const project = auth.fresh('digest');
    const narrow = attenuate(token, [101, ['a'.repeat(64)]]);
    expect((await auth.introspect(narrow)).json['active']).toBe(true);
    expect(outcome(await auth.grant(narrow, project, digests('b')))).toBe('403 token.wrong-file');
    expect(await auth.owners(project)).toEqual([]);
    expect(outcome(await auth.grant(narrow, project, digests('a')))).toBe('granted');
  });

  it('says why in the words that clients know', async () => {
    const { json } = await auth.grant(attenuate(token, [101, ['a'.repeat(64)]]), auth.fresh('digest'));
    expect(json['detail']).toMatch(/^Invalid or non-existent authentication information: .*#invalid-auth/);
  });
});

describe('a token that wants a second factor', () => {
  it('counts for nothing as long as nobody can prove one', async () => {
    const narrow = attenuate(token, [103, 5]);
    expect((await auth.introspect(narrow)).json).toEqual({
      active: false,
      code: 'token.needs-second-factor',
    });
    expect(outcome(await auth.grant(narrow, auth.fresh('factor')))).toBe('403 token.needs-second-factor');
  });
});

describe.each([
  [[99, 'x']],
  [[100, '1.0']],
  [[101, 'a'.repeat(64)]],
  [[101, ['A'.repeat(64)]]],
  [[102, '']],
  [[102, ['n']]],
  [[103, 0]],
  [[104, 1]],
])('a token with the caveat %j', (caveat) => {
  it('counts for nothing', async () => {
    const odd = attenuate(token, caveat as (string | number)[]);
    expect((await auth.introspect(odd)).json).toEqual({ active: false, code: 'token.unknown-caveat' });
    expect(outcome(await auth.grant(odd, auth.fresh('odd')))).toBe('403 token.unknown-caveat');
  });
});

describe('a token for a single use', () => {
  let nonces = 0;
  const single = (of = token) => attenuate(of, [102, `nonce-${++nonces}`]);

  it('is granted to one of 200 different files at once', async () => {
    const project = auth.fresh('raced');
    const once = single();
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, i) => auth.grant(once, project, wheel(project, `1.${i}`))),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(replies.map(outcome))).toEqual(new Set(['granted', '403 token.used']));
    expect(replies.every(({ json }) => json['grantId'] === undefined || json['grant'] !== undefined)).toBe(
      true,
    );
    expect([(await grantsOf(project)).length, (await usesOf(project)).length]).toEqual([1, 1]);
    expect((await auth.introspect(once)).json['active']).toBe(true);
  });

  it('is granted to one of 200 requests for one file at once; the others hear which', async () => {
    const project = auth.fresh('raced');
    const once = single();
    const replies = await Promise.all(Array.from({ length: 200 }, () => auth.grant(once, project)));
    const granted = replies.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(1);
    const grantId = granted[0]!.json['grantId'];
    expect(replies.map(({ json }) => json['grantId'])).toEqual(replies.map(() => grantId));
    expect([(await grantsOf(project)).length, (await usesOf(project)).length]).toEqual([1, 1]);
  });

  it('tells the grant of the same file, and of no other', async () => {
    const project = auth.fresh('repeated');
    const once = single();
    const first = await auth.grant(once, project, digests('a'));
    const again = await auth.grant(once, project, digests('a'));
    expect([outcome(again), again.json['grantId']]).toEqual(['403 token.used', first.json['grantId']]);
    for (const changes of [
      digests('b'),
      { ...digests('a'), length: 1_235 },
      { ...digests('a'), ...wheel(project, '1.1') },
    ]) {
      const other = await auth.grant(once, project, changes);
      expect([outcome(other), other.json['grantId']]).toEqual(['403 token.used', undefined]);
    }
    const elsewhere = await auth.grant(once, auth.fresh('repeated'), digests('a'));
    expect([outcome(elsewhere), elsewhere.json['grantId']]).toEqual(['403 token.used', undefined]);
  });

  it('tells no grant to whoever may not have it for another reason', async () => {
    const project = auth.fresh('repeated');
    const seconds = Math.floor(auth.clock.nowMs() / 1_000);
    const once = single();
    await auth.grant(once, project);
    const expired = await auth.grant(attenuate(once, [0, seconds, seconds - 1]), project);
    const elsewhere = await auth.grant(attenuate(once, [1, ['another']]), project);
    for (const { json } of [expired, elsewhere]) expect(json['grantId']).toBeUndefined();
    await auth.rows('DELETE FROM auth.role WHERE project = $1', project);
    expect((await auth.grant(once, project)).json['grantId']).toBeUndefined();
  });

  it('stays with its file when the grant was voided: the same again is granted, another is not', async () => {
    const project = auth.fresh('voided');
    const once = single();
    const first = await auth.grant(once, project, digests('a'));
    await auth.voidGrant(first.json['grantId'] as string);
    const other = await auth.grant(once, project, digests('b'));
    expect([outcome(other), other.json['grantId']]).toEqual(['403 token.used', undefined]);
    const again = await auth.grant(once, project, digests('a'));
    expect(outcome(again)).toBe('granted');
    expect((again.json['grant'] as SignedGrant).grant.id).not.toBe(first.json['grantId']);
    const third = await auth.grant(once, project, digests('a'));
    expect([outcome(third), third.json['grantId']]).toEqual(['403 token.used', again.json['grantId']]);
  });

  it('is not used by what was refused', async () => {
    const project = auth.fresh('refused');
    const once = single();
    expect(outcome(await auth.grant(once, project, { filename: 'other-1.0.tar.gz' }))).toBe(
      '400 grant.malformed',
    );
    expect(outcome(await auth.grant(attenuate(once, [100, ['9']]), project))).toBe('403 token.wrong-version');
    expect(outcome(await auth.grant(once, project))).toBe('granted');
  });

  it('has uses of its own for each nonce and for each token', async () => {
    const [project, other] = [auth.fresh('nonces'), auth.fresh('nonces')];
    const bobs = await auth.mint('bob');
    expect(outcome(await auth.grant(attenuate(token, [102, 'same']), project))).toBe('granted');
    expect(outcome(await auth.grant(attenuate(bobs, [102, 'same']), other))).toBe('granted');
    expect(outcome(await auth.grant(attenuate(token, [102, 'next']), project, wheel(project, '2')))).toBe(
      'granted',
    );
    const both = attenuate(attenuate(token, [102, 'same']), [102, 'fresh']);
    expect(outcome(await auth.grant(both, project, wheel(project, '3')))).toBe('403 token.used');
    expect(outcome(await auth.grant(token, project, wheel(project, '3')))).toBe('granted');
  });

  it('is used for good: the role of auth can take no use back', async () => {
    for (const statement of [
      'DELETE FROM auth.token_use',
      'TRUNCATE auth.token_use',
      `UPDATE auth.token_use SET nonce = 'x'`,
    ]) {
      await expect(auth.pool.query(statement)).rejects.toMatchObject({ code: 'database.denied' });
    }
  });
});
