import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDistribution } from '../fixtures.ts';
import { errorCodeOf, getFrom } from '../rind-get.ts';
import { assertExitCode, assertSucceeded } from '../outcomes.ts';
import { publishSample } from '../publish.ts';
import { defineSuite } from '../suite.ts';
import { freshPlace } from '../tuf-download.ts';

const project = 'rind-interop-cli';

/** Our own client, by its command line and exit codes. */
export const rindCli = defineSuite({
  name: 'rind-cli',
  async prepare(context) {
    const old = await publishSample(context, { name: project, version: '1.0' });
    const { wheel, sdist } = await publishSample(context, { name: project, version: '1.1' });
    return { context, old, wheel, sdist };
  },
  cells: [
    {
      client: 'rind',
      operation: 'get fetches one release, the very bytes that were uploaded',
      async run({ context, old }) {
        const out = context.newFolder('get-release');
        assertSucceeded(await context.instance.rind(['get', `${project}==1.0`, '--out', out]));
        for (const { filename, sha256 } of [old.wheel, old.sdist]) {
          assert.equal(readDistribution(join(out, filename)).sha256, sha256, filename);
        }
      },
    },
    {
      client: 'rind',
      operation: 'get without a version takes the newest',
      async run({ context, wheel }) {
        const out = context.newFolder('get-newest');
        assertSucceeded(
          await context.instance.rind(['get', project, '--file', wheel.filename, '--out', out]),
        );
        assert.equal(readDistribution(join(out, wheel.filename)).sha256, wheel.sha256);
      },
    },
    {
      client: 'rind',
      operation: 'get by URLs and a root, away from the instance',
      async run({ context, wheel }) {
        const out = context.newFolder('get-url');
        const outcome = await getFrom(freshPlace(context), `${project}==1.1`, wheel.filename, out);
        assertSucceeded(outcome);
        assert.equal(readDistribution(join(out, wheel.filename)).sha256, wheel.sha256);
      },
    },
    {
      client: 'rind',
      operation: 'get of a project that nobody uploaded: exit code 4',
      async run({ context }) {
        const outcome = await context.instance.rind(['get', 'rind-interop-nobody', '--json']);
        assertExitCode(outcome, 4);
        assert.equal(errorCodeOf(outcome), 'target.not-found');
      },
    },
    {
      client: 'rind',
      operation: 'verify accepts the files that were uploaded',
      async run({ context, wheel, sdist }) {
        assertSucceeded(await context.instance.rind(['verify', wheel.path, sdist.path]));
      },
    },
    {
      client: 'rind',
      operation: 'verify refuses a file with one bit turned: exit code 3',
      async run({ context, wheel }) {
        const path = join(context.newFolder('turned'), wheel.filename);
        const bytes = wheel.bytes.slice();
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        writeFileSync(path, bytes);
        const outcome = await context.instance.rind(['verify', path, '--json']);
        assertExitCode(outcome, 3);
        assert.equal(errorCodeOf(outcome), 'target.hash-mismatch');
      },
    },
    {
      client: 'rind',
      operation: 'verify refuses a file with one byte more: exit code 3',
      async run({ context, wheel }) {
        const path = join(context.newFolder('longer'), wheel.filename);
        writeFileSync(path, Buffer.concat([wheel.bytes, Buffer.from([0])]));
        const outcome = await context.instance.rind(['verify', path, '--json']);
        assertExitCode(outcome, 3);
        assert.equal(errorCodeOf(outcome), 'target.length-mismatch');
      },
    },
    {
      client: 'rind',
      operation: 'verify does not know a file that nobody uploaded: exit code 4',
      async run({ context, wheel }) {
        const path = join(context.newFolder('unknown'), wheel.filename.replace('-1.1-', '-9.9-'));
        writeFileSync(path, wheel.bytes);
        const outcome = await context.instance.rind(['verify', path, '--json']);
        assertExitCode(outcome, 4);
        assert.equal(errorCodeOf(outcome), 'file.not-found');
      },
    },
    {
      client: 'rind',
      operation: 'get from an address where nobody listens: exit code 6',
      async run({ context, wheel }) {
        const nowhere = 'http://127.0.0.1:1/';
        const place = { ...freshPlace(context), metadataUrl: nowhere, targetsUrl: nowhere };
        assertExitCode(await getFrom(place, project, wheel.filename, context.newFolder('get-nowhere')), 6);
      },
    },
  ],
});
