import { createWorkerPool, workerUrl } from './index.ts';
import type { WorkerPool, WorkerPoolOptions } from './index.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { SampleTasks } from '../test/sample.worker.ts';

const failsWith = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const open: WorkerPool<SampleTasks>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((pool) => pool.destroy()));
});

function poolWith(options: Partial<WorkerPoolOptions> = {}): WorkerPool<SampleTasks> {
  const worker = workerUrl(import.meta.url, '../test/sample.worker');
  const pool = createWorkerPool<SampleTasks>({ worker, threads: 1, maxQueue: 10, ...options });
  open.push(pool);
  return pool;
}

describe('a task', () => {
  it('runs in a thread and gives its output', async () => {
    expect(await poolWith().run('double', 21)).toBe(42);
  });

  it('gets several results moved', async () => {
    const { bytes, more } = await poolWith().run('fill', { length: 100_000, value: 7 });
    expect([bytes.length, bytes[0], more[99_999]]).toEqual([100_000, 7, 8]);
  });

  it('takes and gives buffers without copying', async () => {
    const bytes = new Uint8Array(1_000_000).fill(9);
    const answer = await poolWith().run('echo', bytes, { transfer: [bytes] });
    expect(bytes.length).toBe(0);
    expect(answer.bytes).toEqual(new Uint8Array(1_000_000).fill(9));
    expect(answer.thread).toBeGreaterThan(0);
  });

  it('copies what is not given away or shares its memory', async () => {
    const pool = poolWith();
    const whole = new Uint8Array(100).fill(1);
    const part = whole.subarray(10, 20);
    expect((await pool.run('echo', whole)).bytes.length).toBe(100);
    expect((await pool.run('echo', part, { transfer: [part] })).bytes).toEqual(new Uint8Array(10).fill(1));
    expect(whole.length).toBe(100);
  });

  it('sees the data of the pool', async () => {
    expect(await poolWith({ workerData: { folder: '/x' } }).run('data', null)).toEqual({ folder: '/x' });
  });
});

describe('a failing task', () => {
  it('keeps the code and details of a RindError', async () => {
    await expect(poolWith().run('refuse', 'snapshot')).rejects.toEqual(
      failsWith('sample.refused', { role: 'snapshot' }),
    );
  });

  it('keeps any other error as cause', async () => {
    const error: unknown = await poolWith()
      .run('fail', null)
      .catch((each: unknown) => each);
    expect(error).toEqual(failsWith('pool.task-failed', { task: 'fail' }));
    expect((error as Error).cause).toMatchObject({ stack: expect.stringContaining('sample.worker') });
  });

  it('of a name that the worker does not know fails', async () => {
    await expect(poolWith().run('absent' as 'double', 1)).rejects.toEqual(failsWith('pool.task-failed'));
  });

  it('with an input that cannot cross fails, and the pool goes on', async () => {
    const pool = poolWith();
    await expect(pool.run('double', (() => 1) as never)).rejects.toEqual(failsWith('pool.task-failed'));
    expect(await pool.run('double', 2)).toBe(4);
  });

  it.each(['exit', 'hoard'] as const)(
    'that kills its thread (%s) is pool.crashed, and the next one runs',
    async (task) => {
      const pool = poolWith({ maxOldGenerationSizeMb: 40 });
      await expect(pool.run(task, null)).rejects.toEqual(failsWith('pool.crashed', { task }));
      expect(await pool.run('double', 2)).toBe(4);
    },
  );

  it('that runs for too long is pool.timeout, and the next one runs', async () => {
    const pool = poolWith({ taskTimeoutMs: 3_000 });
    const limits = { task: 'spin', limitMs: 3_000 };
    const spinning = expect(pool.run('spin', null)).rejects.toEqual(failsWith('pool.timeout', limits));
    expect(await pool.run('double', 2)).toBe(4);
    await spinning;
  });
});

describe('the queue', () => {
  it('takes as many as it may and refuses one more with a time to come back', async () => {
    const pool = poolWith({ threads: 2, maxQueue: 3 });
    const taken = Array.from({ length: 5 }, () => pool.run('wait', 200));
    expect([pool.running, pool.queued]).toEqual([2, 3]);
    const refused: unknown = await pool.run('double', 1).catch((error: unknown) => error);
    expect(refused).toEqual(failsWith('pool.full', { task: 'double', retryAfterSeconds: 1 }));
    expect(await Promise.all(taken)).toEqual(Array(5).fill('waited'));
    expect([pool.running, pool.queued]).toEqual([0, 0]);
    expect(await pool.run('double', 1)).toBe(2);
  });

  it('may be of length 0', async () => {
    const pool = poolWith({ maxQueue: 0 });
    const first = pool.run('wait', 100);
    await expect(pool.run('double', 1)).rejects.toEqual(failsWith('pool.full'));
    expect(await first).toBe('waited');
  });

  it('serves in order', async () => {
    const pool = poolWith();
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((each) => pool.run('double', each).then(() => order.push(each))));
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

describe('aborting', () => {
  it('takes a waiting task out of the queue', async () => {
    const pool = poolWith();
    const first = pool.run('wait', 200);
    const controller = new AbortController();
    const second = pool.run('double', 1, { signal: controller.signal });
    controller.abort('no longer wanted');
    await expect(second).rejects.toBe('no longer wanted');
    expect(pool.queued).toBe(0);
    expect(await first).toBe('waited');
  });

  it('stops a running task', async () => {
    const pool = poolWith();
    const controller = new AbortController();
    const spinning = pool.run('spin', null, { signal: controller.signal });
    controller.abort('no longer wanted');
    await expect(spinning).rejects.toBe('no longer wanted');
    expect(await pool.run('double', 1)).toBe(2);
  });

  it('before the start never starts', async () => {
    await expect(poolWith().run('double', 1, { signal: AbortSignal.abort('never') })).rejects.toBe('never');
  });
});

describe('the end', () => {
  it('closes what runs and what waits, and refuses what comes', async () => {
    const pool = poolWith();
    const tasks = [pool.run('wait', 60_000), pool.run('double', 1)].map((task) =>
      expect(task).rejects.toEqual(failsWith('pool.closed')),
    );
    await pool.destroy();
    await Promise.all(tasks);
    await expect(pool.run('double', 1)).rejects.toEqual(failsWith('pool.closed'));
  });

  it('of a worker module that does not load is pool.crashed for every task', async () => {
    const pool = poolWith({ worker: workerUrl(import.meta.url, '../test/broken.worker') });
    for (let i = 0; i < 3; i++) {
      await expect(pool.run('double', 1)).rejects.toEqual(failsWith('pool.crashed'));
    }
  });
});

describe('workerUrl', () => {
  it.each([
    ['file:///app/src/pool.ts', 'file:///app/src/hash.worker.ts'],
    ['file:///app/dist/pool.js', 'file:///app/dist/hash.worker.js'],
  ])('beside %s is %s', (caller, expected) => {
    expect(workerUrl(caller, './hash.worker').href).toBe(expected);
  });
});
