import { describe, expect, it } from 'vitest';
import { mismatch, ownerIdIn, subjectIn } from './claim-match.ts';
import type { StatedClaims } from './claim-match.ts';
import type { GenericClaims, GitHubClaims, GitLabClaims } from './publisher-claims.ts';

const gitHub = 'https://token.actions.githubusercontent.com';
const gitHubClaims: GitHubClaims = {
  kind: 'github',
  repository: 'Octo/Demo',
  workflow: 'release.yml',
  environment: null,
};
const gitHubToken: StatedClaims = {
  sub: 'repo:octo/demo:ref:refs/tags/v1',
  repository: 'octo/demo',
  repository_owner: 'octo',
  repository_owner_id: '583231',
  job_workflow_ref: 'octo/demo/.github/workflows/release.yml@refs/tags/v1',
  event_name: 'push',
  ref: 'refs/tags/v1',
  sha: 'ab'.repeat(20),
};
const gitLabClaims: GitLabClaims = {
  kind: 'gitlab',
  project: 'Group/Sub/demo',
  configFile: 'ci/.gitlab-ci.yml',
  environment: null,
};
const gitLabToken: StatedClaims = {
  sub: 'project_path:group/sub/demo:ref_type:tag:ref:v1',
  project_path: 'group/sub/demo',
  namespace_id: '72',
  ci_config_ref_uri: 'gitlab.com/group/sub/demo//ci/.gitlab-ci.yml@refs/tags/v1',
  ref_path: 'refs/tags/v1',
  sha: 'cd'.repeat(20),
};
const generic: GenericClaims = {
  kind: 'generic',
  subject: 'robot:1',
  claims: { team: 'a', attempt: '2', main: 'true' },
};
const genericToken: StatedClaims = { sub: 'robot:1', team: 'a', attempt: 2, main: true };
const without = (claims: StatedClaims, name: string): StatedClaims =>
  Object.fromEntries(Object.entries(claims).filter(([each]) => each !== name));

describe('a publisher at GitHub', () => {
  const check = (stated: StatedClaims, more: Partial<GitHubClaims> = {}, ownerId: string | null = null) =>
    mismatch({ claims: { ...gitHubClaims, ...more }, issuer: gitHub, ownerId }, stated);

  // prettier-ignore
  it.each<[string, StatedClaims, string | null]>([
    ['as it is', {}, null],
    ['claims that nobody knows', { runner_environment: 'self-hosted', new_claim: { a: [1] } }, null],
    ['another spelling', { repository: 'OCTO/demo', repository_owner: 'OCTO', job_workflow_ref: 'OCTO/DEMO/.github/workflows/release.yml@refs/tags/v1' }, null],
    ['the commit instead of the branch', { job_workflow_ref: `octo/demo/.github/workflows/release.yml@${'ab'.repeat(20)}` }, null],
    ['an environment that nobody asked for', { environment: 'pypi' }, null],
    ['another repository', { repository: 'octo/demo2' }, 'repository'],
    ['a repository that begins so', { repository: 'octo/demo/x' }, 'repository'],
    ['another owner', { repository_owner: 'evil' }, 'repository_owner'],
    ['no number of the owner', { repository_owner_id: '' }, 'repository_owner_id'],
    ['a number that is none', { repository_owner_id: 583_231 }, 'repository_owner_id'],
    ['another workflow', { job_workflow_ref: 'octo/demo/.github/workflows/ci.yml@refs/tags/v1' }, 'job_workflow_ref'],
    ['a workflow in other letters', { job_workflow_ref: 'octo/demo/.github/workflows/Release.yml@refs/tags/v1' }, 'job_workflow_ref'],
    ['a workflow elsewhere', { job_workflow_ref: 'evil/demo/.github/workflows/release.yml@refs/tags/v1' }, 'job_workflow_ref'],
    ['a workflow whose name ends so', { job_workflow_ref: 'octo/demo/.github/workflows/x/release.yml@refs/tags/v1' }, 'job_workflow_ref'],
    ['a workflow of another branch', { job_workflow_ref: 'octo/demo/.github/workflows/release.yml@refs/heads/x' }, 'job_workflow_ref'],
    ['no branch and no commit', { ref: '', sha: '', job_workflow_ref: 'octo/demo/.github/workflows/release.yml@' }, 'job_workflow_ref'],
    ['a request from a stranger', { event_name: 'pull_request_target' }, 'event_name'],
    ['a name as a list', { repository: ['octo/demo'] }, 'repository'],
  ])('%s: %j → %s', (_what, changes, expected) => {
    expect(check({ ...gitHubToken, ...changes })).toBe(expected);
  });

  it.each(['repository', 'repository_owner', 'repository_owner_id', 'job_workflow_ref', 'event_name'])(
    'is nobody without %s',
    (name) => expect(check(without(gitHubToken, name))).toBe(name),
  );

  it('is not fooled by letters whose small form is one of ASCII', () => {
    expect('\u212ait'.toLowerCase()).toBe('kit');
    expect(check({ ...gitHubToken, environment: '\u212ait' }, { environment: 'kit' })).toBe('environment');
  });

  it.each([
    ['583231', null],
    ['583232', 'repository_owner_id'],
    ['0583231', 'repository_owner_id'],
  ])('bound to the owner %s: %s', (ownerId, expected) => {
    expect(check(gitHubToken, {}, ownerId)).toBe(expected);
  });

  it.each([
    ['pypi', null],
    ['PyPI', null],
    ['pypi2', 'environment'],
    ['', 'environment'],
    [undefined, 'environment'],
  ])('that asks for the environment pypi, shown %j: %s', (environment, expected) => {
    const stated = environment === undefined ? gitHubToken : { ...gitHubToken, environment };
    expect(check(stated, { environment: 'pypi' })).toBe(expected);
  });
});

describe('a publisher at GitLab', () => {
  const check = (stated: StatedClaims, more: Partial<GitLabClaims> = {}, ownerId: string | null = null) =>
    mismatch({ claims: { ...gitLabClaims, ...more }, issuer: 'https://gitlab.com', ownerId }, stated);

  // prettier-ignore
  it.each<[string, StatedClaims, string | null]>([
    ['as it is', {}, null],
    ['claims that nobody knows', { user_login: 'x', new_claim: null }, null],
    ['another spelling', { project_path: 'GROUP/sub/demo', ci_config_ref_uri: 'GitLab.com/GROUP/sub/demo//ci/.gitlab-ci.yml@refs/tags/v1' }, null],
    ['the commit instead of the branch', { ci_config_ref_uri: `gitlab.com/group/sub/demo//ci/.gitlab-ci.yml@${'cd'.repeat(20)}` }, null],
    ['another subject', { sub: 'project_path:group/sub/demo2:ref_type:tag:ref:v1' }, 'sub'],
    ['another project', { project_path: 'group/demo' }, 'project_path'],
    ['another file', { ci_config_ref_uri: 'gitlab.com/group/sub/demo//.gitlab-ci.yml@refs/tags/v1' }, 'ci_config_ref_uri'],
    ['a file in other letters', { ci_config_ref_uri: 'gitlab.com/group/sub/demo//CI/.gitlab-ci.yml@refs/tags/v1' }, 'ci_config_ref_uri'],
    ['a file elsewhere', { ci_config_ref_uri: 'gitlab.example/group/sub/demo//ci/.gitlab-ci.yml@refs/tags/v1' }, 'ci_config_ref_uri'],
    ['a file of another branch', { ci_config_ref_uri: 'gitlab.com/group/sub/demo//ci/.gitlab-ci.yml@refs/heads/x' }, 'ci_config_ref_uri'],
  ])('%s: %j → %s', (_what, changes, expected) => {
    expect(check({ ...gitLabToken, ...changes })).toBe(expected);
  });

  it.each(['sub', 'project_path', 'ci_config_ref_uri'])('is nobody without %s', (name) =>
    expect(check(without(gitLabToken, name))).toBe(name),
  );

  it('at a server of one’s own has its files there', () => {
    const expected = { claims: gitLabClaims, issuer: 'https://git.example.org:8443/lab', ownerId: null };
    const uri = 'git.example.org:8443/lab/group/sub/demo//ci/.gitlab-ci.yml@refs/tags/v1';
    expect(mismatch(expected, { ...gitLabToken, ci_config_ref_uri: uri })).toBeNull();
    expect(mismatch(expected, gitLabToken)).toBe('ci_config_ref_uri');
  });

  it.each([
    ['pypi', null],
    ['PyPI', 'environment'],
    [undefined, 'environment'],
  ])('that asks for the environment pypi, shown %j: %s', (environment, expected) => {
    const stated = environment === undefined ? gitLabToken : { ...gitLabToken, environment };
    expect(check(stated, { environment: 'pypi' })).toBe(expected);
  });

  it('is bound to a namespace once that is known', () => {
    expect(check(gitLabToken, {}, '72')).toBeNull();
    expect(check({ ...gitLabToken, namespace_id: '73' }, {}, '72')).toBe('namespace_id');
    expect(check(without(gitLabToken, 'namespace_id'), {}, '72')).toBe('namespace_id');
  });
});

describe('a publisher of another issuer', () => {
  it.each<[string, StatedClaims, string | null]>([
    ['as it is', {}, null],
    ['claims that nobody asked for', { other: 1 }, null],
    ['another subject', { sub: 'robot:2' }, 'sub'],
    ['the subject in other letters', { sub: 'Robot:1' }, 'sub'],
    ['another claim', { team: 'b' }, 'team'],
    ['a claim as a list', { team: ['a'] }, 'team'],
    ['a number', { attempt: 3 }, 'attempt'],
    ['a number as text', { attempt: '2' }, null],
    ['a truth value', { main: false }, 'main'],
  ])('%s: %j → %s', (_what, changes, expected) => {
    expect(
      mismatch(
        { claims: generic, issuer: 'https://x.example', ownerId: null },
        { ...genericToken, ...changes },
      ),
    ).toBe(expected);
  });

  it.each(['sub', 'team', 'attempt', 'main'])('is nobody without %s', (name) => {
    const expected = { claims: generic, issuer: 'https://x.example', ownerId: null };
    expect(mismatch(expected, without(genericToken, name))).toBe(name);
  });

  it('is not found in what every object has', () => {
    const claims = { ...generic, claims: { constructor: 'function Object() { [native code] }' } };
    expect(mismatch({ claims, issuer: 'https://x.example', ownerId: null }, { sub: 'robot:1' })).toBe(
      'constructor',
    );
  });
});

describe('what a token is looked up by', () => {
  it('is its repository, project or subject', () => {
    expect(subjectIn('github', { repository: 'Octo/Demo' })).toBe('octo/demo');
    expect(subjectIn('gitlab', { project_path: 'A/B' })).toBe('a/b');
    expect(subjectIn('generic', { sub: 'Robot' })).toBe('Robot');
    expect(
      [{}, { repository: 1 }, { repository: '' }, { repository: 'a\0' }].map((c) => subjectIn('github', c)),
    ).toEqual([null, null, null, null]);
  });

  it('binds by numbers alone', () => {
    expect(ownerIdIn('github', gitHubToken)).toBe('583231');
    expect(ownerIdIn('gitlab', gitLabToken)).toBe('72');
    expect(ownerIdIn('generic', { repository_owner_id: '1' })).toBeNull();
    expect(ownerIdIn('github', { repository_owner_id: '1e3' })).toBeNull();
  });
});
