import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyId } from '@rind/kernel';
import { parseRoot, parseTargets, parseTimestamp } from '@rind/metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningInstance } from './instance.ts';
import { RefreshingClients, updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { jsonLines } from './rind-command.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';
import { readObject } from './stored-objects.ts';
import { UploadStream } from './upload-stream.ts';

let site: Site;
let instance: RunningInstance;
let clients: RefreshingClients | undefined;
let stream: UploadStream | undefined;

async function begin(kind: StoreKind): Promise<void> {
  site = await Site.create(kind);
  instance = await site.start({ RIND_CEREMONY_POLL_MS: '100' });
}

async function end(): Promise<void> {
  await stream?.stop().catch(() => {});
  await clients?.stop();
  stream = clients = undefined;
  await instance?.stop();
  await site?.destroy();
}

const metadata = (name: string): Promise<Uint8Array> => readObject(site.objects, `metadata/${name}`);

async function onlineKeysOf(rootVersion: number, role: 'timestamp' | 'snapshot'): Promise<readonly KeyId[]> {
  return parseRoot(await metadata(`${rootVersion}.root.json`)).signed.roles[role].keyIds;
}

async function binKeysOf(version: number): Promise<readonly KeyId[]> {
  const { delegations } = parseTargets(await metadata(`${version}.bins.json`)).signed;
  return delegations?.kind === 'succinct' ? delegations.succinct.keyIds : [];
}

async function rotate(...args: string[]): Promise<Record<string, unknown>[]> {
  const done = await site.rind('rotate', 'online', ...args);
  expect([done.exitCode, done.stderr], done.stdout).toEqual([0, '']);
  return jsonLines(done);
}

async function audited(event: string): Promise<Record<string, unknown>[]> {
  return jsonLines(await site.rind('audit', '--event', event));
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

/** Of every bin's newest version: whether this key signed it. */
async function binsSignedBy(keyId: KeyId): Promise<boolean[]> {
  const newest = new Map<string, number>();
  for (const name of await site.objects.names('metadata')) {
    const [, version, role] = /^([0-9]+)\.(bin-[0-9a-f]+)\.json$/.exec(name) ?? [];
    if (role !== undefined) newest.set(role, Math.max(newest.get(role) ?? 0, Number(version)));
  }
  const files = await Promise.all([...newest].map(([role, version]) => metadata(`${version}.${role}.json`)));
  return files.map((file) => parseTargets(file).signatures.some(({ keyid }) => keyid === keyId));
}

const stepsOf = (lines: readonly Record<string, unknown>[]): unknown[] =>
  lines.map(({ step, version }) => [step, version]);

/**
 * What must hold of rotations during a stream of uploads, on either store.
 * @param planned roles that are tried one by one besides the bins
 */
export function describeRotations(kind: StoreKind, planned: readonly ('timestamp' | 'snapshot')[]): void {
  describe(`a rotation of online keys on ${kind}`, { timeout: 600_000 }, () => {
    beforeEach(() => begin(kind));
    afterEach(end);

    it.each(planned)('planned, of %s costs no client anything', async (role) => {
      const [old] = await onlineKeysOf(1, role);
      await undisturbedBy(async () => {
        const steps = await rotate(role);
        expect(stepsOf(steps)).toEqual([
          ['begin', 2],
          ['finish', 3],
        ]);
      });
      const [, added] = await onlineKeysOf(2, role);
      expect(await onlineKeysOf(2, role)).toEqual([old, added]);
      expect(await onlineKeysOf(3, role)).toEqual([added]);
      const served = parseTimestamp(await metadata('timestamp.json'));
      if (role === 'timestamp') expect(served.signatures[0]!.keyid).toBe(added);
      expect((await audited('key.rotated')).map(({ target }) => target)).toEqual([role, role]);
    });

    it('planned, of the bins signs every bin anew', async () => {
      const [old] = await binKeysOf(1);
      await undisturbedBy(async () => {
        const steps = await rotate('bins', '--now');
        expect(stepsOf(steps)).toEqual([
          ['begin', 2],
          ['finish', 3],
        ]);
      });
      const [, added] = await binKeysOf(2);
      expect(await binKeysOf(2)).toEqual([old, added]);
      expect(await binKeysOf(3)).toEqual([added]);
      const signed = await binsSignedBy(added!);
      expect(signed).toHaveLength(64);
      expect(signed.every(Boolean)).toBe(true);
    });

    it('in an emergency, of timestamp and snapshot makes the old key count for nothing, and no client notices', async () => {
      const [old] = await onlineKeysOf(1, 'timestamp');
      await undisturbedBy(async () => {
        const steps = await rotate('timestamp', 'snapshot', '--emergency');
        expect(stepsOf(steps)).toEqual([['replace', 2]]);
        expect(await onlineKeysOf(2, 'timestamp')).not.toContain(old);
        expect(await onlineKeysOf(2, 'snapshot')).not.toContain(old);
      });
    });
  });
}

/** What depends on the keys and on the database, whatever store is published to. */
export function describeRotationSteps(): void {
  describe('a rotation of online keys', { timeout: 600_000 }, () => {
    beforeEach(() => begin('fs'));
    afterEach(end);

    it('of the bins that may take its time says what is left, and goes on where it stands', async () => {
      const waiting = await site.rind('rotate', 'online', 'bins');
      expect(waiting.exitCode).toBe(5);
      const [begun, left] = jsonLines(waiting);
      expect(begun).toMatchObject({ step: 'begin', version: 2, done: true });
      expect(left).toMatchObject({ step: 'finish', done: false, binsLeft: 64 });
      const again = await rotate('bins', '--now');
      expect(stepsOf(again)).toEqual([['finish', 3]]);
    });

    it('survives the end of the signer between its steps, and the loss of the old key file after it', async () => {
      await rotate('timestamp', 'snapshot');
      rmSync(join(site.dataDir, 'keys', 'online', 'snapshot-timestamp.pem'));
      const [signer] = instance.file.processes.signer;
      process.kill(signer!, 'SIGKILL');
      await instance.until(
        'a new signer',
        () => ![null, signer].includes(instance.file.processes.signer[0]!),
      );
      await instance.ready();
      await undisturbedBy(async () => {});
    });

    it('in an emergency, of the bins signs all of them anew in one publication', async () => {
      await undisturbedBy(async () => {
        const steps = await rotate('bins', '--emergency');
        expect(stepsOf(steps)).toEqual([['replace', 2]]);
      });
      const [added, ...more] = await binKeysOf(2);
      expect(more).toEqual([]);
      expect((await binsSignedBy(added!)).every(Boolean)).toBe(true);
    });

    it('of all that there are, after a theft, takes every old key out at once, also one that was to be the next', async () => {
      expect((await site.rind('rotate', 'online', 'bins')).exitCode).toBe(5);
      const stolen = [...(await onlineKeysOf(1, 'timestamp')), ...(await binKeysOf(2))];
      await undisturbedBy(async () => {
        const done = await site.rind('recover', 'keys');
        expect([done.exitCode, done.stderr], done.stdout).toEqual([0, '']);
        expect(jsonLines(done)).toMatchObject([
          { step: 'replace', role: 'root', version: 2, done: true },
          { step: 'replace', role: 'bins', version: 3, done: true },
        ]);
      });
      const now = [
        ...(await onlineKeysOf(2, 'timestamp')),
        ...(await onlineKeysOf(2, 'snapshot')),
        ...(await binKeysOf(3)),
      ];
      expect(now).toHaveLength(3);
      expect(now.filter((keyId) => stolen.includes(keyId))).toEqual([]);
      expect((await binsSignedBy(now[2]!)).every(Boolean)).toBe(true);
    });

    it('in an emergency is not put into effect by a signer that does not have the new key', async () => {
      const { file } = instance;
      const media = join(site.dataDir, 'media');
      const online = join(site.dataDir, 'keys', 'online');
      const memory: ClientMemory = new Map();
      await updaterOf(file, memory, readFileSync(file.root)).refresh();
      // The offline key of somebody stands for a key that is nowhere online.
      const strange = join(site.dataDir, 'keys', 'offline', 'root-3.pub.json');
      const [old] = await onlineKeysOf(1, 'timestamp');
      const run = (...args: string[]) => site.rind('ceremony', 'root', ...args);
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
        const key = ['--key', join(site.dataDir, 'keys', 'offline', `root-${n}.pem`)];
        const passphrase = ['--passphrase-file', join(site.dataDir, 'keys', 'passphrase')];
        expect(
          (await run('sign', `${media}.plan`, ...key, ...passphrase, '--out', `${media}.${n}`)).exitCode,
        ).toBe(0);
      }
      expect(
        (await run('assemble', `${media}.plan`, `${media}.1`, `${media}.2`, '--out', `${media}.root`))
          .exitCode,
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
      expect(await site.objects.names('metadata')).not.toContain('2.root.json');
      await updaterOf(file, memory, readFileSync(file.root)).refresh();
      expect(readdirSync(online)).not.toContain('root-3.pem');
      expect((await publishing).exitCode).toBe(5);
    });
  });
}
