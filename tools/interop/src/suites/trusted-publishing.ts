import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuthForms } from '@rind/system-tests';
import { runCommand } from '../command.ts';
import type { Outcome } from '../command.ts';
import type { Distribution } from '../fixtures.ts';
import { startIdentityIssuer } from '../identity-issuer.ts';
import type { IdentityIssuer } from '../identity-issuer.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { places } from '../places.ts';
import { plainFile, uploadPlain } from '../plain-upload.ts';
import { buildSample } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import type { Bench } from '../suite.ts';
import type { RunningSupervisor } from '../supervisor.ts';

const project = 'rind-interop-trusted';
const repository = 'octo/interop';
const trusted = 'release.yml';
const untrusted = 'other.yml';

interface State {
  readonly bench: Bench;
  readonly supervisor: RunningSupervisor;
  readonly issuer: IdentityIssuer;
}

/** Jobs that have no token of the index, only what their own system gives them; over https, which they insist on. */
export const trustedPublishing = defineSuite<State, Bench>({
  name: 'trusted-publishing',
  async prepare(bench) {
    const issuer = await startIdentityIssuer(repository);
    const list = join(bench.newFolder('issuers'), 'issuers.json');
    writeFileSync(list, JSON.stringify([{ issuer: issuer.url, kind: 'github' }]));
    try {
      const supervisor = await bench.startInstance({
        args: ['--bins', '64', '--tls'],
        env: { RIND_OIDC_ISSUERS_FILE: list },
      });
      const state = { bench, supervisor, issuer };
      await trustWorkflow(state).catch(async (error: unknown) => {
        await supervisor.stop();
        throw error;
      });
      return state;
    } catch (error) {
      await issuer.close();
      throw error;
    }
  },
  cells: [
    {
      client: 'uv',
      operation: 'publishes from a trusted workflow without a token',
      run: (state) => publishes(state, '1.0', uvPublish),
    },
    {
      client: 'uv',
      operation: 'is refused from another workflow, and shows why',
      async run(state) {
        const wheel = await wheelOf(state, '1.1');
        assertRefused(await uvPublish(state, untrusted, wheel), /invalid-publisher/);
        await assertMissing(state, wheel);
      },
    },
    {
      client: 'twine',
      operation: 'asks for no identity token at an index that is not PyPI',
      async run(state) {
        const asked = state.issuer.audiences.length;
        const outcome = await twineUpload(state, trusted, await wheelOf(state, '2.0'), ['-m', 'twine']);
        assertRefused(outcome, /Credential not found/);
        assert.equal(state.issuer.audiences.length, asked);
      },
    },
    {
      client: 'twine',
      operation: 'told that it is one, uploads from a trusted workflow without a token',
      run: (state) => publishes(state, '2.1', twineTold),
    },
    {
      client: 'twine',
      operation: 'told so, is refused from another workflow, and shows why',
      async run(state) {
        const wheel = await wheelOf(state, '2.2');
        assertRefused(await twineTold(state, untrusted, wheel), /invalid-publisher/);
        await assertMissing(state, wheel);
      },
    },
  ],
  async finish({ supervisor, issuer }) {
    await supervisor.stop();
    await issuer.close();
  },
});

/** The first account makes the project, and trusts the workflow by auth's own form. */
async function trustWorkflow({ supervisor: { instance }, issuer }: State): Promise<void> {
  const first = plainFile(project, '0.1');
  const answer = await uploadPlain(instance, first);
  assert.equal(answer.status, 200, answer.body);
  await instance.waitVerifiable(first.sha256);
  const forms = new AuthForms(instance.file);
  await forms.signIn(instance.file);
  const fields = { issuer: issuer.url, repository, file: trusted, environment: '', ownerId: '' };
  const added = await forms.fill(`/manage/project/${project}/publishing/add/1/`, fields);
  assert.deepEqual([added.status, added.code], [303, null], added.text);
}

type Publish = (state: State, workflow: string, wheel: Distribution) => Promise<Outcome>;

async function publishes(state: State, version: string, publish: Publish): Promise<void> {
  const wheel = await wheelOf(state, version);
  const { instance } = state.supervisor;
  assertSucceeded(await publish(state, trusted, wheel));
  await instance.waitVerifiable(wheel.sha256);
  assert.equal(state.issuer.audiences.at(-1), new URL(instance.file.url).hostname);
}

async function wheelOf({ bench }: State, version: string): Promise<Distribution> {
  return (await buildSample(bench, { name: project, version, greeting: version })).wheel;
}

async function assertMissing({ supervisor: { instance } }: State, { sha256 }: Distribution): Promise<void> {
  const answer = await fetch(`${instance.file.url}/api/v1/uploads?sha256=${sha256}`);
  assert.equal(answer.status, 404);
}

const uvPublish: Publish = ({ bench, supervisor: { instance }, issuer }, workflow, { path }) => {
  const { upload, ca } = instance.file;
  const args = ['publish', '--publish-url', upload, '--trusted-publishing', 'always', path];
  const environment = { ...bench.environment, ...issuer.jobEnvironment(workflow), SSL_CERT_FILE: ca! };
  return runCommand(bench.python.program('uv'), args, { environment });
};

const twineTold: Publish = (state, workflow, wheel) =>
  twineUpload(state, workflow, wheel, [places.twineTrusted]);

function twineUpload(
  { bench, supervisor: { instance }, issuer }: State,
  workflow: string,
  { path }: Distribution,
  program: readonly string[],
): Promise<Outcome> {
  const { upload, ca } = instance.file;
  const options = ['--non-interactive', '--disable-progress-bar', '--username', '__token__'];
  const args = [...program, 'upload', ...options, '--repository-url', upload, path];
  const environment = { ...bench.environment, ...issuer.jobEnvironment(workflow), REQUESTS_CA_BUNDLE: ca! };
  return runCommand(bench.python.program('python'), args, { environment });
}
