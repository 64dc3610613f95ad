import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseRoot, parseTargets, parseTimestamp } from '@rind/metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { RefreshingClients, updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { jsonLines, rind } from './rind-command.ts';
import type { CommandOutcome } from './rind-command.ts';
import { UploadStream } from './upload-stream.ts';

let instance: RunningInstance;
let clients: RefreshingClients | undefined;
let stream: UploadStream | undefined;

beforeEach(async () => {
  instance = await RunningInstance.start({ env: { RIND_CEREMONY_POLL_MS: '100' } });
});

afterEach(async () => {
  await stream?.stop().catch(() => {});
  await clients?.stop();
  stream = clients = undefined;
  await instance?.destroy();
});

const metadata = (name: string): Uint8Array => readFileSync(join(instance.file.store.path, 'metadata', name));
const rootOf = (version: number) => parseRoot(metadata(`${version}.root.json`)).signed;
const binKeysOf = (version: number) => {
  const { delegations } = parseTargets(metadata(`${version}.bins.json`)).signed;
  return delegations?.kind === 'succinct' ? delegations.succinct.keyIds : [];
};
const servedTimestamp = () => parseTimestamp(metadata('timestamp.json'));

async function rotate(...args: string[]): Promise<Record<string, unknown>[]> {
  const done = await rind(['rotate', 'online', ...args, '--data', instance.dataDir, '--json']);
  expect([done.exitCode, done.stderr], done.stdout).toEqual([0, '']);
  return jsonLines(done);
}

async function audited(event: string): Promise<Record<string, unknown>[]> {
  return jsonLines(await rind(['audit', '--event', event, '--data', instance.dataDir, '--json']));
}

/** Uploads and clients, before and after `work`. */
async function undisturbedBy(work: () => Promise<void>): Promise<void> {
  const { file } = instance;
  clients = new RefreshingClients(file);
  stream = new UploadStream(file, 'rotation', clients);
  await stream.awaitMore(2);
  await clients.awaitRounds(2);
  await work();
  await stream.awaitMore(3);
  await clients.awaitRounds(3);
  await stream.stop();
  await clients.stop();
  expect(clients.failures).toEqual([]);
  expect(stream.published.length).toBeGreaterThanOrEqual(5);
}

/** Every bin that the snapshot names, signed by this key. */
async function binsSignedBy(keyId: string): Promise<boolean[]> {
  const names = readdirSync(join(instance.file.store.path, 'metadata'));
  const newest = new Map<string, number>();
  for (const name of names) {
    const [, version, role] = /^([0-9]+)\.(bin-[0-9a-f]+)\.json$/.exec(name) ?? [];
    if (role !== undefined) newest.set(role, Math.max(newest.get(role) ?? 0, Number(version)));
  }
  return [...newest].map(([role, version]) =>
    parseTargets(metadata(`${version}.${role}.json`)).signatures.some(({ keyid }) => keyid === keyId),
  );
}

describe('a planned rotation during a stream of uploads', { timeout: 600_000 }, () => {
  it.each(['timestamp', 'snapshot'] as const)('of %s costs no client anything', async (role) => {
    const [old] = rootOf(1).roles[role].keyIds;
    await undisturbedBy(async () => {
      const steps = await rotate(role);
      expect(steps.map(({ step, version }) => [step, version])).toEqual([
        ['begin', 2],
        ['finish', 3],
      ]);
    });
    const [, added] = rootOf(2).roles[role].keyIds;
    expect(rootOf(2).roles[role].keyIds).toEqual([old, added]);
    expect(rootOf(3).roles[role].keyIds).toEqual([added]);
    const signedBy = servedTimestamp().signatures.map(({ keyid }) => keyid);
    if (role === 'timestamp') expect(signedBy[0]).toBe(added);
    expect((await audited('key.rotated')).map(({ target }) => target)).toEqual([role, role]);
  });

  it('of the bins signs every bin anew', async () => {
    const [old] = binKeysOf(1);
    await undisturbedBy(async () => {
      const steps = await rotate('bins', '--now');
      expect(steps.map(({ step, version }) => [step, version])).toEqual([
        ['begin', 2],
        ['finish', 3],
      ]);
    });
    const [, added] = binKeysOf(2);
    expect(binKeysOf(2)).toEqual([old, added]);
    expect(binKeysOf(3)).toEqual([added]);
    const signed = await binsSignedBy(added!);
    expect(signed).toHaveLength(64);
    expect(signed.every(Boolean)).toBe(true);
  });

  it('of the bins that may take its time says what is left, and goes on where it stands', async () => {
    const waiting = await rind(['rotate', 'online', 'bins', '--data', instance.dataDir, '--json']);
    expect(waiting.exitCode).toBe(5);
    const [begun, left] = jsonLines(waiting);
    expect(begun).toMatchObject({ step: 'begin', version: 2, done: true });
    expect(left).toMatchObject({ step: 'finish', done: false, binsLeft: 64 });
    const again = await rotate('bins', '--now');
    expect(again.map(({ step, version }) => [step, version])).toEqual([['finish', 3]]);
  });

  it('survives the end of the signer between its steps, and the loss of the old key file after it', async () => {
    await rotate('timestamp', 'snapshot');
    rmSync(join(instance.dataDir, 'keys', 'online', 'snapshot-timestamp.pem'));
    const [signer] = instance.file.processes.signer;
    process.kill(signer!, 'SIGKILL');
    await instance.until('a new signer', () => ![null, signer].includes(instance.file.processes.signer[0]!));
    await instance.ready();
    await undisturbedBy(async () => {});
  });
});

describe('an emergency rotation', { timeout: 600_000 }, () => {
  it('of timestamp and snapshot makes the old key count for nothing, and no client notices', async () => {
    const [old] = rootOf(1).roles.timestamp.keyIds;
    await undisturbedBy(async () => {
      const steps = await rotate('timestamp', 'snapshot', '--emergency');
      expect(steps.map(({ step, version }) => [step, version])).toEqual([['replace', 2]]);
      expect(rootOf(2).roles.timestamp.keyIds).not.toContain(old);
      expect(rootOf(2).roles.snapshot.keyIds).not.toContain(old);
    });
  });

  it('of the bins signs all of them anew in one publication', async () => {
    await undisturbedBy(async () => {
      const steps = await rotate('bins', '--emergency');
      expect(steps.map(({ step, version }) => [step, version])).toEqual([['replace', 2]]);
    });
    const [added, ...more] = binKeysOf(2);
    expect(more).toEqual([]);
    expect((await binsSignedBy(added!)).every(Boolean)).toBe(true);
  });

  it('is not put into effect by a signer that does not have the new key', async () => {
    const { file } = instance;
    const media = join(instance.dataDir, 'media');
    const online = join(instance.dataDir, 'keys', 'online');
    const memory: ClientMemory = new Map();
    await updaterOf(file, memory, readFileSync(file.root)).refresh();
    // The offline key of somebody stands for a key that is nowhere online.
    const strange = join(instance.dataDir, 'keys', 'offline', 'root-3.pub.json');
    const [old] = rootOf(1).roles.timestamp.keyIds;
    const run = async (...args: string[]): Promise<CommandOutcome> =>
      rind(['ceremony', 'root', ...args, '--data', instance.dataDir, '--json']);
    const changes = [
      '--add-key',
      strange,
      '--role',
      'timestamp',
      '--remove-key',
      old!,
      '--role',
      'timestamp',
    ];
    expect((await run('plan', '--out', `${media}.plan`, ...changes)).exitCode).toBe(0);
    for (const n of [1, 2]) {
      const key = ['--key', join(instance.dataDir, 'keys', 'offline', `root-${n}.pem`)];
      const passphrase = ['--passphrase-file', join(instance.dataDir, 'keys', 'passphrase')];
      expect(
        (await run('sign', `${media}.plan`, ...key, ...passphrase, '--out', `${media}.${n}`)).exitCode,
      ).toBe(0);
    }
    expect(
      (await run('assemble', `${media}.plan`, `${media}.1`, `${media}.2`, '--out', `${media}.root`)).exitCode,
    ).toBe(0);
    const careless = await run('publish', `${media}.root`);
    expect([careless.exitCode, careless.stdout]).toEqual([
      3,
      expect.stringContaining('lint.online-orphaned'),
    ]);
    const publishing = run('publish', `${media}.root`, '--emergency', '--wait', '1');
    await instance.until('the signer says so', async () => {
      const events = await audited('ceremony.refused');
      return events.some(({ target }) => target === 'metadata/2.root.json');
    });
    expect(readdirSync(join(file.store.path, 'metadata'))).not.toContain('2.root.json');
    await updaterOf(file, memory, readFileSync(file.root)).refresh();
    expect(readdirSync(online)).not.toContain('root-3.pem');
    expect((await publishing).exitCode).toBe(5);
  });
});
