import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveFirstProofs } from './projects/first-proofs.ts';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';

let auth: AuthCalls;
let token: string;
beforeAll(async () => {
  auth = await startAuthCalls();
  token = await auth.mint('alice');
});
afterAll(() => auth.stop());

const forget = () =>
  auth.owner.query(
    'UPDATE auth.role SET proof = NULL; UPDATE auth.project SET settings_proof = NULL; DELETE FROM auth.proofs_given',
  );
const give = () => giveFirstProofs({ sql: auth.pool, vault: auth.vault, clock: auth.clock });
let version = 1;
const upload = async (project: string) => {
  const filename = `${project.replace('-', '_')}-${++version}.tar.gz`;
  return (await auth.grant(token, project, { filename })).code ?? 'granted';
};

it('roles from before there were proofs are believed once they were given theirs, by several processes at once', async () => {
  const project = auth.fresh('older');
  await upload(project);
  await forget();
  expect(await upload(project)).toBe('authorization.not-a-maintainer');
  await Promise.all([give(), give(), give()]);
  expect(await upload(project)).toBe('granted');
});

it('no role that somebody writes later is given one', async () => {
  const project = auth.fresh('later');
  await upload(project);
  await auth.rows('UPDATE auth.role SET proof = NULL WHERE project = $1', project);
  await give();
  expect(await upload(project)).toBe('authorization.not-a-maintainer');
  await expect(auth.rows('DELETE FROM auth.proofs_given')).rejects.toThrow();
  await expect(auth.rows('UPDATE auth.proofs_given SET name = $1', 'x')).rejects.toThrow();
});
