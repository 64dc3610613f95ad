import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { RindError } from '@rind/kernel';
import { moved, poolWorkerData, workerTasks } from '@rind/worker-pool';

export type SampleTasks = {
  double: { input: number; output: number };
  fill: { input: { length: number; value: number }; output: { bytes: Uint8Array; more: Uint8Array } };
  echo: { input: Uint8Array; output: { bytes: Uint8Array; thread: number } };
  wait: { input: number; output: string };
  spin: { input: null; output: never };
  data: { input: null; output: unknown };
  refuse: { input: string; output: never };
  fail: { input: null; output: never };
  exit: { input: null; output: never };
  hoard: { input: null; output: never };
};

export default workerTasks<SampleTasks>({
  double: (input) => input * 2,
  fill({ length, value }) {
    const bytes = new Uint8Array(length).fill(value);
    const more = new Uint8Array(length).fill(value + 1);
    return moved({ bytes, more }, [bytes, more]);
  },
  echo: (bytes) => moved({ bytes, thread: threadId }, [bytes]),
  wait: (ms) => sleep(ms, 'waited'),
  spin() {
    for (;;);
  },
  data: () => poolWorkerData(),
  refuse(role) {
    throw new RindError('sample.refused', 'refused', { role });
  },
  fail() {
    throw new TypeError('unexpected');
  },
  exit: () => process.exit(3),
  hoard() {
    const kept: number[][] = [];
    for (;;) kept.push(new Array<number>(100_000).fill(kept.length));
  },
});
