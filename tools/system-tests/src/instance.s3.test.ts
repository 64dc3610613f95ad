import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { clusterFolder, runAs } from '@rind/embedded-postgres';
import { startUnfitServer } from '@rind/test-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BucketServer } from './bucket.ts';
import { jsonLines, rind } from './rind-command.ts';
import { SupervisorCommand } from './supervisor-command.ts';
import { receiptOf, sdist, upload } from './uploads.ts';

const onBucket = ['--port', '0', '--bins', '64', '--store', 's3', '--no-demo'];
const again = ['--port', '0', '--no-demo'];
const folders: string[] = [];
const running = new Set<SupervisorCommand>();
let bucket: BucketServer;

beforeAll(async () => {
  bucket = await BucketServer.start();
});
afterAll(async () => {
  await Promise.all([...running].map((command) => command.signal('SIGTERM')));
  await bucket?.stop();
  for (const folder of folders) {
    rmSync(clusterFolder(join(folder, 'postgres'), runAs()), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rind-s3-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

function start(dataDir: string, args: readonly string[], env: Record<string, string>): SupervisorCommand {
  const command = new SupervisorCommand(dataDir, args, env);
  running.add(command);
  void command.exited.then(() => running.delete(command));
  return command;
}

async function started(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<SupervisorCommand> {
  const command = start(dataDir, args, env);
  await command.ready();
  return command;
}

/** Exit code and error code of a start that is refused. */
async function refused(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ exitCode: number | null; code: string | undefined }> {
  const { exitCode, printed } = await start(dataDir, args, env).exited;
  return { exitCode, code: /\(([a-z.-]+)\)\n/.exec(printed)?.[1] };
}

/** Uploads, and waits until the file is signed, however busy the machine is. */
async function publish(
  command: SupervisorCommand,
  project: string,
  file = sdist(project, '1.0'),
): Promise<void> {
  const answer = await upload(command.file, project, '1.0', file);
  expect(answer).toMatchObject({ status: 200 });
  const state = async () => (await receiptOf(command.file, answer.receipt!)).state;
  await command.until(`${project} is signed`, async () => (await state()) === 'verifiable', 150_000);
}

async function keysUnder(prefix: string): Promise<string[]> {
  const store = bucket.store(prefix);
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  await store.close();
  return keys;
}

function packageKey(project: string, version: string): string {
  const { filename, bytes } = sdist(project, version);
  return `targets/packages/${project}/${hashHex('sha256', bytes)}.${filename}`;
}

describe('an instance whose store is a bucket', () => {
  const prefix = 'team/ours/';
  let dataDir: string;
  let instance: SupervisorCommand;
  beforeAll(async () => {
    dataDir = newFolder();
    instance = await started(dataDir, onBucket, bucket.env('team/ours'));
  });

  const got = async (project: string): Promise<number | null> => {
    const folder = mkdtempSync(join(tmpdir(), 'rind-s3-get-'));
    folders.push(folder);
    const outcome = await rind(['get', project, '--data', dataDir, '--json'], { cwd: folder });
    const file = sdist(project, '1.0');
    expect([jsonLines(outcome).length, readFileSync(join(folder, file.filename))]).toEqual([
      1,
      Buffer.from(file.bytes),
    ]);
    return outcome.exitCode;
  };

  it('says in rind.json where it is, without credentials', () => {
    const { store, root } = JSON.parse(readFileSync(join(dataDir, 'rind.json'), 'utf8')) as {
      store: object;
      root: string;
    };
    expect(store).toEqual({
      kind: 's3',
      endpoint: bucket.server.endpoint,
      region: bucket.server.region,
      bucket: 'index',
      prefix,
    });
    expect(existsSync(root)).toBe(true);
    expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).not.toContain(bucket.server.secretAccessKey);
  });

  it('publishes what is uploaded, and a client verifies it', async () => {
    await publish(instance, 'first');
    expect(await got('first')).toBe(0);
  });

  it('keeps everything under its prefix, and no folder of a store', async () => {
    const keys = await keysUnder(prefix);
    expect(keys).toEqual(
      expect.arrayContaining([
        'metadata/1.root.json',
        'metadata/timestamp.json',
        packageKey('first', '1.0'),
        expect.stringMatching(/^targets\/simple\/first\/[0-9a-f]{64}\.index\.json$/),
      ]),
    );
    expect(keys.filter((key) => /^metadata\/[0-9]+\.bin-/.test(key)).length).toBeGreaterThanOrEqual(64);
    expect(bucket.objects()).toEqual(keys.map((key) => prefix + key).sort());
    expect(existsSync(join(dataDir, 'store'))).toBe(false);
  });

  it('holds the root that this machine trusts', async () => {
    const store = bucket.store(prefix);
    const root = await store.get('metadata/1.root.json', 100_000);
    await store.close();
    expect(readFileSync(instance.file.root)).toEqual(Buffer.from(root!.bytes));
  });

  it('serves a file whole, in part, not at all to who has it, and its length alone', async () => {
    const { bytes } = sdist('first', '1.0');
    const url = new URL(`/${packageKey('first', '1.0')}`, instance.file.url);
    const ask = async (method: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url, { method, headers });
      const body = new Uint8Array(await answer.arrayBuffer());
      return [answer.status, answer.headers.get('content-range'), body] as const;
    };
    const none = new Uint8Array();
    const etag = `"${hashHex('sha256', bytes)}"`;
    expect(await ask('GET')).toEqual([200, null, bytes]);
    expect(await ask('HEAD')).toEqual([200, null, none]);
    expect(await ask('GET', { range: 'bytes=2-5' })).toEqual([
      206,
      `bytes 2-5/${bytes.length}`,
      bytes.slice(2, 6),
    ]);
    expect(await ask('GET', { range: 'bytes=-3' })).toMatchObject([206, {}, bytes.slice(-3)]);
    expect(await ask('GET', { range: 'bytes=nonsense' })).toEqual([200, null, bytes]);
    expect((await ask('GET', { range: `bytes=${bytes.length}-` }))[0]).toBe(416);
    expect(await ask('GET', { 'if-none-match': etag })).toEqual([304, null, none]);
    expect(await ask('GET', { 'if-none-match': '"other"' })).toEqual([200, null, bytes]);
    url.pathname = `/targets/packages/first/${'0'.repeat(64)}.first-1.0.tar.gz`;
    expect((await ask('GET'))[0]).toBe(404);
    expect((await ask('GET', { range: 'bytes=0-1' }))[0]).toBe(404);
  });

  it('takes a file of many megabytes', async () => {
    const { filename, bytes } = sdist(
      'large',
      '1.0',
      new Uint8Array(20_000_000).map((_, i) => i % 251),
    );
    await publish(instance, 'large', { filename, bytes });
    const key = `targets/packages/large/${hashHex('sha256', bytes)}.large-1.0.tar.gz`;
    const served = await fetch(new URL(`/${key}`, instance.file.url));
    expect(hashHex('sha256', new Uint8Array(await served.arrayBuffer()))).toBe(hashHex('sha256', bytes));
  });

  it('tells signer and warehouse how to open the bucket, and nobody else', () => {
    const { gate, auth, warehouse, signer, postgres } = instance.file.processes;
    const knows = (pid: number | null): boolean => {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return environment.includes(bucket.server.secretAccessKey) || environment.includes('RIND_S3_');
    };
    expect([gate, auth, postgres, warehouse, signer[0]!].map(knows)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('is not ready while the bucket cannot be reached, and goes on when it can', async () => {
    const statuses = async () => {
      const { warehouse, signer } = instance.file.endpoints;
      const answers = [warehouse, ...signer].map(async (url) => (await fetch(`${url}/readyz`)).status);
      return (await Promise.all(answers)).join();
    };
    await bucket.server.kill();
    await instance.until('not ready', async () => (await statuses()) === '503,503', 60_000);
    await bucket.server.restart();
    await instance.until('ready again', async () => (await statuses()) === '200,200', 60_000);
    await publish(instance, 'after-outage');
    expect(await got('after-outage')).toBe(0);
  });

  it('starts again on its bucket with nothing but credentials, and goes on', async () => {
    const root = readFileSync(instance.file.root);
    await instance.signal('SIGTERM');
    instance = await started(dataDir, again, bucket.credentials);
    await publish(instance, 'second');
    expect(await got('second')).toBe(0);
    expect(await got('first')).toBe(0);
    expect(readFileSync(instance.file.root)).toEqual(root);
    expect(await keysUnder(prefix)).toEqual(expect.arrayContaining([packageKey('second', '1.0')]));
  });

  describe('that has ended', () => {
    beforeAll(async () => {
      await instance.signal('SIGTERM');
    });

    it.each([
      ['a folder', [...again, '--store', 'fs'], {}],
      ['another bucket', [...again, '--store', 's3'], { RIND_S3_BUCKET: 'another' }],
      ['another prefix', [...again, '--store', 's3'], { RIND_S3_PREFIX: 'another' }],
      ['another bucket, without being asked for one', again, { RIND_S3_BUCKET: 'another' }],
    ])('is not started on %s', async (_what, args, env) => {
      const settings = readFileSync(join(dataDir, 'settings.json'), 'utf8');
      expect(await refused(dataDir, args, { ...bucket.env(prefix), ...env })).toEqual({
        exitCode: 1,
        code: 'data.contradicts',
      });
      expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toBe(settings);
    });

    it('is not started on a server that does not have its repository', async () => {
      const other = await BucketServer.start();
      try {
        const env = { ...bucket.env(prefix), ...other.env(prefix) };
        expect(await refused(dataDir, [...again, '--store', 's3'], env)).toEqual({
          exitCode: 1,
          code: 'store.foreign',
        });
        expect(other.objects()).toEqual([]);
      } finally {
        await other.stop();
      }
    });

    it('loses its folder to --reset, and nothing of the bucket', async () => {
      const objects = bucket.objects();
      const reset = await started(
        dataDir,
        ['--port', '0', '--bins', '4', '--no-demo', '--reset', '--yes'],
        {},
      );
      expect(reset.file.store).toEqual({ kind: 'fs', path: join(dataDir, 'store') });
      await reset.signal('SIGTERM');
      expect(bucket.objects()).toEqual(objects);
    });
  });
});

describe('a first start', () => {
  afterEach(async () => {
    await Promise.all([...running].map((command) => command.signal('SIGTERM')));
  });

  it.each(['RIND_S3_BUCKET', 'AWS_REGION'])('without %s is refused as a bad option', async (name) => {
    const dataDir = newFolder();
    expect(await refused(dataDir, onBucket, { ...bucket.env(), [name]: '' })).toEqual({
      exitCode: 2,
      code: 'option.invalid',
    });
  });

  it('on a prefix that holds metadata is refused, and nothing is written or remembered', async () => {
    const store = bucket.store('taken/');
    await store.putNew('metadata/1.root.json', new TextEncoder().encode('{"somebody":"else"}'));
    await store.close();
    const objects = bucket.objects();
    const dataDir = newFolder();
    expect(await refused(dataDir, onBucket, bucket.env('taken'))).toEqual({
      exitCode: 1,
      code: 'store.foreign',
    });
    expect([bucket.objects(), existsSync(join(dataDir, 'settings.json'))]).toEqual([objects, false]);
  });

  it.each(['ignores-if-none-match', 'ignores-if-match'] as const)(
    'on a server that %s is refused, and another server is taken',
    async (flaw) => {
      const unfit = await startUnfitServer(flaw);
      const dataDir = newFolder();
      try {
        const env = { ...bucket.env(flaw), RIND_S3_ENDPOINT: unfit.endpoint };
        expect(await refused(dataDir, onBucket, env)).toEqual({ exitCode: 1, code: 'store.unfit' });
        expect(unfit.paths).toEqual([]);
      } finally {
        await unfit.stop();
      }
      const command = await started(dataDir, onBucket, bucket.env(flaw));
      await publish(command, 'after-all');
    },
  );

  it('with a secret that the server does not know is refused', async () => {
    const env = { ...bucket.env('secret'), AWS_SECRET_ACCESS_KEY: 'not-the-secret' };
    expect(await refused(newFolder(), onBucket, env)).toEqual({ exitCode: 1, code: 'store.refused' });
  });

  it('that is killed in the middle of the ceremony is completed by the next', async () => {
    const dataDir = newFolder();
    const env = bucket.env('interrupted');
    const many = ['--port', '0', '--bins', '2048', '--store', 's3', '--no-demo'];
    const ours = () => bucket.objects().filter((name) => name.startsWith('interrupted/metadata/'));
    const killed = start(dataDir, many, env);
    await killed.until('some bins are signed', () => ours().length > 300, 150_000);
    await killed.signal('SIGKILL');
    expect(ours().length).toBeLessThan(2_048);
    const root = readFileSync(join(dataDir, '1.root.json'));

    const command = await started(dataDir, again, bucket.credentials);
    expect(readFileSync(command.file.root)).toEqual(root);
    expect(ours().filter((name) => /\/[0-9]+\.bin-/.test(name)).length).toBeGreaterThanOrEqual(2_048);
    await publish(command, 'after-all');
  });
});
