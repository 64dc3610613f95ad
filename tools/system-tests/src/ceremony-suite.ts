import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyFile } from '@rind/signers-file';
import { systemRandomness } from '@rind/kernel';
import { parseRoot, parseSnapshot, parseTimestamp } from '@rind/metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningInstance } from './instance.ts';
import { RefreshingClients, updaterOf } from './refreshing-clients.ts';
import { jsonLines, rind } from './rind-command.ts';
import type { CommandOutcome } from './rind-command.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';
import { readObject } from './stored-objects.ts';
import { UploadStream } from './upload-stream.ts';

const roles = ['root', 'targets', 'bins'] as const;
type Role = (typeof roles)[number];

let site: Site;
let instance: RunningInstance;
let clients: RefreshingClients | undefined;
let stream: UploadStream | undefined;
/** What travels between the holders. */
let media: string;

async function begin(kind: StoreKind): Promise<void> {
  media = mkdtempSync(join(tmpdir(), 'rind-ceremony-'));
  site = await Site.create(kind);
  instance = await site.start({ RIND_CEREMONY_POLL_MS: '100' });
}

async function end(): Promise<void> {
  await stream?.stop().catch(() => {});
  await clients?.stop();
  stream = clients = undefined;
  await instance?.stop();
  await site?.destroy();
  rmSync(media, { recursive: true, force: true });
}

const plan = (role: Role): string => join(media, `${role}.plan.json`);
const signedFile = (role: Role): string => join(media, `2.${role}.json`);
const key = (name: string): string => join(site.dataDir, 'keys', 'offline', `${name}.pem`);
const passphraseFile = (): string => join(site.dataDir, 'keys', 'passphrase');

const ceremony = (role: Role, ...args: string[]): Promise<CommandOutcome> =>
  site.rind('ceremony', role, ...args);

async function succeeded(outcome: Promise<CommandOutcome>): Promise<Record<string, unknown>> {
  const done = await outcome;
  expect([done.exitCode, done.stderr], done.stdout).toEqual([0, '']);
  return jsonLines(done).at(-1)!;
}

/** On a machine that has nothing but the plan and the key. */
function sign(role: Role, keyFile: string, ...more: string[]): Promise<CommandOutcome> {
  const args = ['--key', keyFile, '--passphrase-file', passphraseFile(), ...more, '--json'];
  return rind(['ceremony', role, 'sign', plan(role), ...args], { env: { RIND_DATA: '/nonexistent' } });
}

const errorOf = (outcome: CommandOutcome) =>
  (jsonLines(outcome).at(-1)?.['error'] as { code: string; detail: object } | undefined) ?? { code: null };

async function served() {
  const timestamp = parseTimestamp(await readObject(site.objects, 'metadata/timestamp.json')).signed;
  const key = `metadata/${timestamp.snapshotMeta.version}.snapshot.json`;
  return parseSnapshot(await readObject(site.objects, key)).signed.meta;
}

/** Versions of targets and bins that are in effect. */
async function delegating(): Promise<(number | undefined)[]> {
  const meta = await served();
  return ['targets.json', 'bins.json'].map((name) => meta.get(name)?.version);
}

/** What must hold of ceremonies on either store. */
export function describeCeremonies(kind: StoreKind): void {
  describe(`a ceremony on a running index on ${kind}`, { timeout: 600_000 }, () => {
    beforeEach(() => begin(kind));
    afterEach(end);

    it('of root, targets and bins goes into effect while uploads stream, and no client ever fails', async () => {
      const { file } = instance;
      clients = new RefreshingClients(file);
      stream = new UploadStream(file, 'yearly', clients);
      await stream.awaitMore(3);
      await clients.awaitRounds(3);
      for (const role of roles) {
        const planned = await succeeded(ceremony(role, 'plan', '--out', plan(role)));
        expect(planned['difference']).toMatchObject({ version: { from: 1, to: 2 }, others: [] });
        // Both holders at the same time: neither signature is lost.
        await Promise.all([1, 2].map((n) => succeeded(sign(role, key(`${role}-${n}`), '--root', file.root))));
        const assembled = await succeeded(
          ceremony(role, 'assemble', plan(role), media, '--out', signedFile(role)),
        );
        expect(assembled).toMatchObject({ complete: true, missing: 0 });
        const published = await succeeded(ceremony(role, 'publish', signedFile(role)));
        expect(published).toMatchObject({ role, version: 2, inEffect: true, already: false });
        expect(await succeeded(ceremony(role, 'publish', signedFile(role)))).toMatchObject({ already: true });
        await stream.awaitMore(2);
        await clients.awaitRounds(2);
      }
      await stream.stop();
      await clients.stop();
      expect(clients.failures).toEqual([]);
      expect(stream.published.length).toBeGreaterThanOrEqual(9);
      expect(await delegating()).toEqual([2, 2]);

      const status = (await (await fetch(`${file.url}/api/v1/status`)).json()) as Record<string, unknown>;
      const root = parseRoot(readFileSync(signedFile('root'))).signed;
      expect(status['root']).toMatchObject({ version: 2, expires: root.expires });
      expect(status).toMatchObject({ healthy: true, targets: { version: 2 } });
      const events = jsonLines(await site.rind('audit', '--event', 'ceremony.adopted'));
      expect(events.map(({ target }) => target)).toEqual(roles.map((role) => `metadata/2.${role}.json`));
    });

    it('is not published with the signatures of strangers, and the signer does not take it from the store either', async () => {
      const { file } = instance;
      const passphrase = readFileSync(passphraseFile(), 'utf8').trim();
      const stranger = join(media, 'stranger.pem');
      await createKeyFile({ path: stranger, passphrase, randomness: systemRandomness, role: 'nobody' });
      await succeeded(
        ceremony('targets', 'plan', '--out', plan('targets'), '--joining', join(media, 'stranger.pub.json')),
      );
      for (const keyFile of [stranger, key('targets-1')]) await succeeded(sign('targets', keyFile));
      const assembled = await ceremony(
        'targets',
        'assemble',
        plan('targets'),
        media,
        '--out',
        signedFile('targets'),
      );
      expect(assembled.exitCode).toBe(5);

      // A thief of the bucket puts it there all the same.
      const { signed } = JSON.parse(readFileSync(plan('targets'), 'utf8')) as { signed: object };
      const forged = JSON.stringify({ signatures: [], signed });
      writeFileSync(signedFile('targets'), forged);
      const refused = await ceremony('targets', 'publish', signedFile('targets'));
      expect([refused.exitCode, errorOf(refused).code]).toEqual([5, 'ceremony.incomplete']);
      await site.objects.overwrite('metadata/2.targets.json', new TextEncoder().encode(forged));
      await instance.until('the signer says so', async () => {
        const events = await site.rind('audit', '--event', 'ceremony.refused');
        return jsonLines(events).some(({ target }) => target === 'metadata/2.targets.json');
      });
      expect((await delegating())[0]).toBe(1);
      await updaterOf(file, new Map(), readFileSync(file.root)).refresh();

      // The number is burned; the next ceremony takes the one after it.
      rmSync(plan('targets'));
      const planned = await succeeded(ceremony('targets', 'plan', '--out', plan('targets')));
      expect(planned['version']).toBe(3);
      for (const n of [1, 2]) await succeeded(sign('targets', key(`targets-${n}`)));
      await succeeded(
        ceremony('targets', 'assemble', plan('targets'), media, '--out', signedFile('targets')),
      );
      await succeeded(ceremony('targets', 'publish', signedFile('targets')));
      expect((await delegating())[0]).toBe(3);
    });
  });
}

/** What depends on the files of the holders and on the database, whatever store is published to. */
export function describeCeremonyFiles(): void {
  describe('a ceremony', { timeout: 600_000 }, () => {
    beforeEach(() => begin('fs'));
    afterEach(end);

    it('outlasts a restart of the signer, which goes on with what is in effect', async () => {
      for (const role of roles) {
        await succeeded(ceremony(role, 'plan', '--out', plan(role)));
        for (const n of [1, 2]) await succeeded(sign(role, key(`${role}-${n}`)));
        await succeeded(ceremony(role, 'assemble', plan(role), media, '--out', signedFile(role)));
        await succeeded(ceremony(role, 'publish', signedFile(role)));
      }
      const [signer] = instance.file.processes.signer;
      process.kill(signer!, 'SIGKILL');
      await instance.until(
        'a new signer',
        () => ![null, signer].includes(instance.file.processes.signer[0]!),
      );
      await instance.ready();
      const { file } = instance;
      clients = new RefreshingClients(file);
      stream = new UploadStream(file, 'after', clients);
      await stream.awaitMore(2);
      await clients.awaitRounds(2);
      await stream.stop();
      await clients.stop();
      expect(clients.failures).toEqual([]);
      expect(await delegating()).toEqual([2, 2]);
    });
    it('is not signed by a key of another role', async () => {
      await succeeded(ceremony('root', 'plan', '--out', plan('root')));
      const refused = await sign('root', key('bins-1'));
      expect([refused.exitCode, errorOf(refused).code]).toEqual([2, 'ceremony.not-a-signer']);
    });

    it('is not signed when the plan follows from another root than the holder kept', async () => {
      await succeeded(ceremony('root', 'plan', '--out', plan('root')));
      const kept = join(media, 'kept.json');
      const text = readFileSync(instance.file.root, 'utf8');
      writeFileSync(kept, text.replace('"consistent_snapshot":true', '"consistent_snapshot":false'));
      const refused = await sign('root', key('root-1'), '--root', kept);
      expect([refused.exitCode, errorOf(refused).code]).toEqual([3, 'ceremony.untrusted']);
    });

    it('is not assembled before there are enough, and the missing one completes it', async () => {
      await succeeded(ceremony('root', 'plan', '--out', plan('root')));
      await succeeded(sign('root', key('root-3')));
      const early = await ceremony('root', 'assemble', plan('root'), media, '--out', signedFile('root'));
      expect(early.exitCode).toBe(5);
      expect(jsonLines(early)[0]).toMatchObject({ complete: false, missing: 1, out: null });
      await succeeded(sign('root', key('root-1')));
      const whole = ceremony('root', 'assemble', plan('root'), media, '--out', signedFile('root'));
      expect(await succeeded(whole)).toMatchObject({ complete: true });
    });

    it('is not published when clients could not follow: a key of targets that goes before its successor signed', async () => {
      const passphrase = readFileSync(passphraseFile(), 'utf8').trim();
      const path = join(media, 'targets-3.pem');
      const { keyId } = await createKeyFile({
        path,
        passphrase,
        randomness: systemRandomness,
        role: 'targets',
      });
      const publicFile = join(media, 'targets-3.pub.json');
      const old = JSON.parse(readFileSync(instance.file.root, 'utf8')) as {
        signed: { roles: { targets: { keyids: string[] } } };
      };
      const gone = old.signed.roles.targets.keyids[0]!;
      const changes = [
        '--add-key',
        publicFile,
        '--role',
        'targets',
        '--remove-key',
        gone,
        '--role',
        'targets',
      ];
      await succeeded(ceremony('root', 'plan', '--out', plan('root'), ...changes));
      for (const n of [1, 2]) await succeeded(sign('root', key(`root-${n}`)));
      await succeeded(ceremony('root', 'assemble', plan('root'), media, '--out', signedFile('root')));
      const refused = await ceremony('root', 'publish', signedFile('root'));
      expect([refused.exitCode, errorOf(refused)]).toMatchObject([
        3,
        { code: 'ceremony.refused', detail: { findings: ['lint.targets-orphaned'] } },
      ]);

      // The way round: targets first, signed by the new key as well.
      await succeeded(ceremony('targets', 'plan', '--out', plan('targets'), '--joining', publicFile));
      for (const keyFile of [key('targets-1'), key('targets-2'), path])
        await succeeded(sign('targets', keyFile));
      await succeeded(
        ceremony('targets', 'assemble', plan('targets'), media, '--out', signedFile('targets')),
      );
      await succeeded(ceremony('targets', 'publish', signedFile('targets')));
      await succeeded(ceremony('root', 'publish', signedFile('root')));
      const root = parseRoot(await readObject(site.objects, 'metadata/2.root.json')).signed;
      expect(root.roles.targets.keyIds).toContain(keyId);
      expect(root.roles.targets.keyIds).not.toContain(gone);
      await updaterOf(instance.file, new Map(), readFileSync(instance.file.root)).refresh();
    });
  });
}
