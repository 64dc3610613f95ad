import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, systemRandomness } from '@rind/kernel';
import { createApp, createLogger } from '@rind/nest-kit';
import type { App } from '@rind/nest-kit';
import type { GateConfig } from '../config.ts';
import { GateModule } from '../gate.module.ts';
import { leaveUploadsUnread } from '../upload/unread-body.ts';
import { FakeProcess } from './fake-process.ts';
import type { FakeAnswer, ReceivedCall } from './fake-process.ts';

export const token = 'pypi-AgEIcHlwaS5vcmcCJDEyMzQ1Njc4OTA';
export const uploadId = '7d3f5a0e-6d3b-4f0a-9d0e-0d6f5f1c2b3a';
export const owner = { active: true, tokenId: 'tok-1', user: { id: 'usr-1', username: 'alice' } };
export const accepted: FakeAnswer = {
  status: 200,
  body: { outcome: 'accepted', uploadId, grantUsed: true, warnings: [] },
};

/** A gate with real sockets, a real spool and real hash threads between two fake processes. */
export interface GateFixture {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  readonly auth: FakeProcess;
  readonly warehouse: FakeProcess;
  log(): string;
  /** Names of what lies in the spool. */
  spooled(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** auth that knows `token` and grants everything. */
export function generousAuth(call: ReceivedCall): FakeAnswer {
  const body = JSON.parse(call.body.toString('utf8')) as { token?: string; id?: string };
  if (call.url.endsWith('/introspect')) {
    return { status: 200, body: body.token === token ? owner : { active: false, code: 'token.unknown' } };
  }
  if (call.url.endsWith('/void')) return { status: 204 };
  return { status: 200, body: { grantId: body.id, grant: { grant: { id: body.id }, keyid: 'k', sig: 's' } } };
}

/** A warehouse that takes everything. */
export function willingWarehouse(call: ReceivedCall): FakeAnswer {
  return call.method === 'GET' ? { status: 200, body: { used: false } } : accepted;
}

export async function startGate(overrides: Partial<GateConfig> = {}): Promise<GateFixture> {
  const dir = await mkdtemp(join(tmpdir(), 'gate-'));
  const auth = new FakeProcess(generousAuth);
  const warehouse = new FakeProcess(willingWarehouse);
  const config: GateConfig = {
    listen: { host: '127.0.0.1', port: 0 },
    auth: { url: await auth.start(), secret: 'gate-auth-secret-gate-auth-secret' },
    warehouse: { url: await warehouse.start(), secret: 'gate-warehouse-secret-gate-wareho' },
    spool: { dir, maxBytes: 1_073_741_824 },
    maxFileBytes: 104_857_600,
    hashThreads: 1,
    maxConcurrentUploads: 64,
    bodyIdleMs: 30_000,
    bodyTotalMs: 60_000,
    linger: { maxMs: 5_000, maxBytes: 104_857_600 },
    authTimeoutMs: 5_000,
    warehouseIdleMs: 20_000,
    warehouseStallMs: 20_000,
    settleAfterMs: 100,
    clockOffsetMs: 0,
    checkpoints: { stateDir: undefined, crashAt: undefined, stopAt: undefined },
    ...overrides,
  };
  let log = '';
  const clock = new FakeClock(1_700_000_000_000);
  const app = await createApp(GateModule, {
    config,
    clock,
    randomness: systemRandomness,
    logger: createLogger({ process: 'gate', clock, write: (line) => (log += line) }),
    problems: {},
    configure: leaveUploadsUnread,
  });
  const { port } = await app.listen(config.listen);
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    auth,
    warehouse,
    log: () => log,
    spooled: () => readdir(config.spool.dir),
    async stop() {
      await app.close();
      await auth.stop();
      await warehouse.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
