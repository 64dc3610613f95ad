import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startAuthCalls } from './auth-calls.ts';
import type { AuthCalls } from './auth-calls.ts';
import type { Reply } from './auth-fixture.ts';
import type { TestBrowser } from './browser.ts';
import { newMember, password } from './member.ts';
import { startTestIssuers } from './test-issuer.ts';
import type { TestIssuers } from './test-issuer.ts';

type Claims = Readonly<Record<string, unknown>>;

/** auth with issuers that it trusts, and what an owner and a workflow do with it. */
export interface PublishingFixture extends AuthCalls {
  readonly issuers: TestIssuers;
  /** Of the issuer `github`: what a job of `octo/NAME` shows, with `changes`; `undefined` takes one away. */
  gitHubClaims(name: string, changes?: Claims): Claims;
  gitLabClaims(name: string, changes?: Claims): Claims;
  /** What every token has. */
  times(changes?: Claims): Claims;
  exchange(jwt: string, path?: string): Promise<Reply>;
  /** A token of the issuer for these claims, sent to auth. */
  publish(claims: Claims, issuer?: string): Promise<Reply>;
  /** A token to upload with; fails when there is none. */
  token(claims: Claims, issuer?: string): Promise<string>;
  /** Somebody with a confirmed address, signed in. */
  member(name: string): Promise<TestBrowser>;
  /** A project of the name, with its owner's browser. */
  projectOf(owner: TestBrowser, username: string, project: string): Promise<void>;
  /** By the form; the place of the issuer in the list counts from 1. */
  trust(
    browser: TestBrowser,
    project: string,
    form: Readonly<Record<string, string>>,
    place?: number,
  ): Promise<string>;
}

const names = ['github', 'gitlab', 'generic', 'known'] as const;
export const gitHub = 'https://token.actions.githubusercontent.com';

export async function startPublishing(): Promise<PublishingFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
  const issuers = await startTestIssuers([...names, 'unlisted']);
  const file = join(folder, 'issuers.json');
  const listed = names.map((name) =>
    name === 'known'
      ? { issuer: gitHub, kind: 'github', jwksUri: issuers.issuer('known').jwksUri }
      : { issuer: issuers.issuer(name).url, kind: name },
  );
  writeFileSync(file, JSON.stringify(listed));
  const auth = await startAuthCalls({
    RIND_OIDC_ISSUERS_FILE: file,
    RIND_TOKEN_LOCATION: 'index.example:8457',
  });
  let jtis = 0;
  let addresses = 0;
  const now = () => Math.floor(auth.clock.nowMs() / 1_000);
  const times = (changes: Claims = {}): Claims => ({
    ...{ aud: 'index.example', iat: now(), nbf: now() - 10, exp: now() + 300, jti: `jti-${++jtis}` },
    ...changes,
  });
  const exchange = async (jwt: string, path = '/_/oidc/mint-token'): Promise<Reply> => {
    const answer = await auth.app.fastify.inject({ method: 'POST', url: path, payload: { token: jwt } });
    const code = answer.headers['x-rind-error'];
    const json = answer.json<Record<string, unknown>>();
    return { status: answer.statusCode, code: typeof code === 'string' ? code : undefined, json };
  };
  const publish = async (claims: Claims, name = 'github') => {
    const iss = name === 'known' ? gitHub : issuers.issuer(name).url;
    return exchange(await issuers.issuer(name).sign({ iss, ...claims }));
  };
  const publisherIds = async (project: string): Promise<string[]> => {
    const rows = await auth.rows(
      'SELECT p.id FROM auth.publisher p JOIN auth.project pr ON pr.id = p.project_id WHERE pr.name = $1',
      project,
    );
    return rows.map(({ id }) => id as string);
  };
  return {
    ...auth,
    issuers,
    times,
    exchange,
    publish,
    gitHubClaims: (name, changes) =>
      times({
        ...{ sub: `repo:octo/${name}:ref:refs/tags/v1`, repository: `octo/${name}` },
        ...{ repository_owner: 'octo', repository_owner_id: '583231', event_name: 'push' },
        job_workflow_ref: `octo/${name}/.github/workflows/release.yml@refs/tags/v1`,
        ...{ ref: 'refs/tags/v1', sha: 'ab'.repeat(20), new_claim: { unheard: ['of'] } },
        ...changes,
      }),
    gitLabClaims: (name, changes) =>
      times({
        sub: `project_path:group/${name}:ref_type:tag:ref:v1`,
        ...{
          project_path: `group/${name}`,
          namespace_id: '72',
          ref_path: 'refs/tags/v1',
          sha: 'cd'.repeat(20),
        },
        ci_config_ref_uri: `${issuers.issuer('gitlab').url.slice(7)}/group/${name}//.gitlab-ci.yml@refs/tags/v1`,
        ...changes,
      }),
    async token(claims, issuer) {
      const reply = await publish(claims, issuer);
      expect([reply.status, reply.json]).toMatchObject([200, { success: true }]);
      return reply.json['token'] as string;
    },
    member: (name) => newMember(auth, name, `198.51.100.${++addresses}`),
    async projectOf(_owner, username, project) {
      expect((await auth.grant(await auth.mint(username), project)).status).toBe(200);
    },
    async trust(browser, project, form, place = 1) {
      const base = `/manage/project/${project}/publishing/`;
      const { text, status } = await browser.get(`${base}add/${place}/`);
      expect(status).toBe(200);
      const before = await publisherIds(project);
      const issuer = /name="issuer" value="([^"]+)"/.exec(text)![1]!;
      const { status: sent, location } = await browser.post(`${base}add/${place}/`, { issuer, ...form });
      expect([sent, location]).toEqual([303, base]);
      const added = (await publisherIds(project)).filter((id) => !before.includes(id));
      expect(added).toHaveLength(1);
      return added[0]!;
    },
    async stop() {
      await auth.stop();
      await issuers.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Signs in again: what was proven is fresh. */
export async function signInAgain(browser: TestBrowser, username: string): Promise<void> {
  await browser.post('/account/logout/');
  expect((await browser.post('/account/login/', { username, password })).status).toBe(303);
}
