import { rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, sdist, upload } from './uploads.ts';

const processes = ['gate', 'warehouse', 'auth', 'signer'] as const;
type ProcessName = (typeof processes)[number];

const stuckMs = 2_000;
const filesPerHour = 3;

let instance: RunningInstance;

beforeAll(async () => {
  instance = await RunningInstance.start({
    env: {
      RIND_WRITER_STUCK_MS: String(stuckMs),
      RIND_QUOTA_FILES_PER_PROJECT_HOUR: String(filesPerHour),
    },
  });
}, 120_000);

afterAll(() => instance.destroy());

function addressOf(name: ProcessName): string {
  const { endpoints } = instance.file;
  return name === 'signer' ? endpoints.signer[0]! : endpoints[name];
}

function pidOf(name: ProcessName): number {
  const { processes: pids } = instance.file;
  return (name === 'signer' ? pids.signer[0] : pids[name])!;
}

/** Samples by name with labels, as they are written. */
async function samplesOf(name: ProcessName): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${addressOf(name)}/metrics`)).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1).replace('Nan', 'NaN'))] as const;
      }),
  );
}

async function readiness(name: ProcessName): Promise<{ status: number; checks: Record<string, string> }> {
  const response = await fetch(`${addressOf(name)}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, checks };
}

/** Stops a process as a machine that swaps or hangs does; it goes on whatever becomes of `meanwhile`. */
async function whileStopped(name: ProcessName, meanwhile: () => Promise<void>): Promise<void> {
  const pid = pidOf(name);
  process.kill(pid, 'SIGSTOP');
  try {
    await meanwhile();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await instance.ready();
}

function logOf(name: ProcessName): Record<string, unknown>[] {
  return jsonLines({ stdout: instance.log(name), stderr: '', exitCode: 0 });
}

describe('The metrics', () => {
  it('are those that operators were promised, with what happened in them', async () => {
    await publish(instance.file, 'counted', '1.0');
    const signer = await samplesOf('signer');
    expect(signer.get('rind_publications_total{outcome="published"}')).toBeGreaterThanOrEqual(1);
    expect(signer.get('rind_bins_signed_total')).toBeGreaterThanOrEqual(1);
    expect(signer.get('rind_publish_seconds_count{step="swap-timestamp"}')).toBeGreaterThanOrEqual(1);
    expect(signer.get('rind_publish_seconds_sum{step="swap-timestamp"}')).toBeGreaterThan(0);
    expect(signer.get('rind_store_calls_total{op="replaceIf",outcome="ok"}')).toBeGreaterThanOrEqual(1);
    // The bins themselves are put by threads.
    expect(signer.get('rind_store_calls_total{op="putNew",outcome="ok"}')).toBeGreaterThanOrEqual(
      signer.get('rind_bins_signed_total')!,
    );
    expect(signer.get('rind_publish_retries_total')).toBeGreaterThanOrEqual(0);
    // A gauge of the queue is looked at now and then, and may be of before the publication.
    await expect
      .poll(async () => (await samplesOf('signer')).get('rind_queue_age_seconds'), { timeout: 10_000 })
      .toBe(0);
    expect(signer.get('rind_valid_for_seconds')).toBeGreaterThan(3_600);
    expect(signer.get('rind_valid_for_seconds')).toBeLessThanOrEqual(86_400);
    expect(signer.get('rind_lease_held')).toBe(1);
    expect(signer.get('rind_lease_fence')).toBeGreaterThanOrEqual(1);
    expect(signer.get('rind_held_rows')).toBe(0);
    const warehouse = await samplesOf('warehouse');
    expect(warehouse.get('rind_store_calls_total{op="putNew",outcome="ok"}')).toBeGreaterThanOrEqual(1);
    expect(warehouse.get('rind_uploads_total{outcome="accepted"}')).toBeGreaterThanOrEqual(1);
    expect((await samplesOf('gate')).get('rind_gate_hash_seconds_count')).toBeGreaterThanOrEqual(1);
  });

  it.each(processes)('say how late the event loop is: %s', async (name) => {
    const samples = await samplesOf(name);
    for (const quantile of ['0.5', '0.99', '1']) {
      expect(samples.get(`rind_event_loop_delay_seconds{quantile="${quantile}"}`)).toBeGreaterThanOrEqual(0);
    }
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_048_576);
  });
});

describe('One upload', () => {
  it('is followed by its ids through all processes, up to the publication that brought it', async () => {
    const form = sdist('followed', '1.0');
    const answer = await upload(instance.file, 'followed', '1.0', form);
    const uploadId = answer.receipt!.split('/').at(-1)!;
    const receipt = await fetch(new URL(`${answer.receipt}?wait=30`, instance.file.url));
    const { publication } = (await receipt.json()) as { publication: number };
    expect(publication).toBeGreaterThan(0);

    const accepted = logOf('gate').find((line) => line['uploadId'] === uploadId);
    expect(accepted).toMatchObject({ event: 'upload.accepted', requestId: expect.any(String) });
    const { requestId } = accepted!;
    const routes = (name: ProcessName) =>
      logOf(name)
        .filter((line) => line['requestId'] === requestId && line['event'] === 'request.answered')
        .map((line) => line['route']);
    expect(routes('auth')).toEqual(['/internal/tokens/introspect', '/internal/grants']);
    expect(routes('warehouse')).toEqual(['/internal/uploads']);
    expect(logOf('warehouse').find((line) => line['requestId'] === requestId)).toMatchObject({ uploadId });

    await instance.until('the publication is told', () =>
      logOf('signer').some(
        (line) => line['event'] === 'publication.closed' && line['publication'] === publication,
      ),
    );
    const opened = logOf('signer').find(
      (line) => line['event'] === 'publication.opened' && line['publication'] === publication,
    );
    expect(opened).toMatchObject({ uploads: 1, uploadIds: [uploadId] });
    await instance.until('the warehouse saw it', () =>
      logOf('warehouse').some(
        (line) => line['event'] === 'publication.seen' && line['publication'] === publication,
      ),
    );
    const told = logOf('warehouse').find(
      (line) => line['state'] === 'verifiable' && line['uploadId'] === uploadId,
    );
    expect(told).toMatchObject({ publication });
  });

  it('has an id of our own, whatever its author calls it', async () => {
    const theirs = '00000000-0000-4000-8000-000000000000';
    const headers = { 'x-request-id': theirs };
    const outside = await fetch(new URL('/legacy/', instance.file.url), { method: 'POST', headers });
    expect(outside.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(outside.headers.get('x-request-id')).not.toBe(theirs);
  });
});

describe('What is ready', () => {
  it.each<[ProcessName, string[]]>([
    ['gate', ['auth', 'hashing', 'spool', 'warehouse']],
    ['warehouse', ['database', 'store']],
    ['auth', ['database']],
    ['signer', ['clock', 'database', 'store', 'writer']],
  ])('says of %s what it stands on', async (name, parts) => {
    const { status, checks } = await readiness(name);
    expect([status, Object.keys(checks).sort(), new Set(Object.values(checks))]).toEqual([
      200,
      parts,
      new Set(['ok']),
    ]);
  });

  it.each(['auth', 'warehouse'] as const)('does not count the gate in while %s hangs', async (name) => {
    await whileStopped(name, async () => {
      const { status, checks } = await readiness('gate');
      expect([status, checks]).toEqual([
        503,
        { ...{ auth: 'ok', hashing: 'ok', spool: 'ok', warehouse: 'ok' }, [name]: `${name}.unavailable` },
      ]);
      expect((await fetch(`${addressOf('gate')}/healthz`)).status).toBe(200);
    });
  });

  it('does not count a signer in whose store is away, nor one that gets nothing done', async () => {
    const { path } = instance.file.store;
    const away = `${path}.away`;
    await rename(path, away);
    try {
      const { status, checks } = await readiness('signer');
      expect([status, checks]).toEqual([
        503,
        expect.objectContaining({ store: 'store.unavailable', writer: 'ok' }),
      ]);
      expect((await fetch(`${addressOf('signer')}/healthz`)).status).toBe(200);
      expect((await readiness('warehouse')).checks['store']).toBe('store.unavailable');
      // Something to do that cannot be done.
      await instance.until(
        'stuck',
        async () => (await readiness('signer')).checks['writer'] === 'writer.stuck',
      );
    } finally {
      await rename(path, `${path}.made-meanwhile`).catch(() => {});
      await rename(away, path);
    }
    await instance.until('ready again', async () => (await readiness('signer')).status === 200, 60_000);
  });
});

describe('rind status', () => {
  const status = () => rind(['status', '--data', instance.dataDir]);

  it('is good, and narrow enough for a terminal', async () => {
    await instance.until('healthy', async () => (await status()).exitCode === 0, 60_000);
    const { stdout } = await status();
    expect(stdout).toMatch(/^✓ healthy\n {2}valid for /);
    expect(stdout).toMatch(/\n {2}last +publication \d+: closed /);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  it('begins with what is wrong and what to do, and fails', async () => {
    await whileStopped('signer', async () => {
      await instance.until('noticed', async () => (await status()).exitCode === 1, 30_000);
      const { stdout } = await status();
      const [first, problem, remedy] = stdout.split('\n');
      expect(first).toBe('✗ not healthy: 1 problem');
      expect(problem).toMatch(/^ {2}✗ /);
      expect(stdout).toContain('[lease.none]');
      expect([remedy, stdout.split('\n')[3]].some((line) => line!.startsWith('    → '))).toBe(true);
    });
  });

  it('tells requests that a quota holds from those that wait', async () => {
    for (let i = 0; i <= filesPerHour; i++) await upload(instance.file, 'greedy', `1.${i}`);
    await publish(instance.file, 'modest', '1.0');
    const report = async () =>
      (await (await fetch(new URL('/api/v1/status', instance.file.url))).json()) as {
        queue: Record<string, number>;
      };
    await instance.until('held', async () => (await report()).queue['held'] === 1);
    expect((await report()).queue).toMatchObject({ depth: 1, held: 1 });
    await instance.until('held', async () => (await samplesOf('signer')).get('rind_held_rows') === 1);
    expect((await samplesOf('signer')).get('rind_held_age_seconds')).toBeGreaterThan(0);
    expect((await status()).stdout).toMatch(/queue +1 waiting, .*; 1 of them held by a quota\n/);
  });
});

describe('A refusal', () => {
  const zeros = '0'.repeat(64);
  const paths = [
    '/nope',
    '/%zz',
    '/legacy/x',
    '/api/v1/uploads',
    '/api/v1/uploads/x',
    `/api/v1/uploads?sha256=${zeros}`,
    '/api/v1/uploads/x?wait=99',
    '/api/v1/grants',
    '/simple/nope/',
    '/simple/-/',
    '/simple/a/b/',
    '/packages/a/b/c',
    '/packages/%ff/b/c',
    `/packages/a/${zeros}/a-1.tar.gz`,
    '/metadata/',
    '/metadata/x',
    '/metadata/99.root.json',
    '/metadata/99.snapshot.json',
    '/metadata/a/b',
    '/targets/x',
    `/targets/packages/a/${zeros}.a-1.tar.gz`,
    `/targets/simple/a/${zeros}.index.json`,
    '/project/nope/',
    '/project/%ff/',
    '/internal/uploads',
    '/internal/uploads/by-grant/x',
    '/internal/tokens/introspect',
    '/internal/gc/1',
    `/simple/${'x'.repeat(600)}/`,
  ];
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
  const doors = ['front', ...processes] as const;
  const doorOf = (door: (typeof doors)[number]) => (door === 'front' ? instance.file.url : addressOf(door));

  it.each(doors)('of every route carries a code: %s', async (door) => {
    const without: string[] = [];
    let refused = 0;
    for (const path of paths) {
      for (const method of methods) {
        const body = method === 'POST' || method === 'PUT' ? '{x' : null;
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${doorOf(door)}${path}`, { method, headers, body, redirect: 'manual' });
        await answer.arrayBuffer();
        if (answer.status < 400) continue;
        refused += 1;
        const code = answer.headers.get('x-rind-error') ?? '';
        if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9.-]*$/.test(code))
          without.push(`${method} ${path} ${answer.status}`);
      }
    }
    expect(without).toEqual([]);
    expect(refused).toBeGreaterThan(100);
  });

  it.each<[string, string, number, string]>([
    ['what is no HTTP', 'GARBAGE\r\n\r\n', 400, 'request.malformed'],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'request.malformed'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'request.malformed'],
    ['an odd expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n', 417, 'request.refused'],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`,
      431,
      'request.headers-too-large',
    ],
  ])('of %s carries a code, at every door', async (_what, bytes, status, code) => {
    for (const door of doors) {
      const head = await answerTo(doorOf(door), bytes);
      expect([door, head.split(' ')[1], /^x-rind-error: (.*)$/im.exec(head)?.[1]?.trim()]).toEqual([
        door,
        String(status),
        code,
      ]);
    }
  });
});

/** What comes back for bytes that no client sends, up to the end of the head. */
function answerTo(url: string, bytes: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    // A reset after the answer takes nothing from it.
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
