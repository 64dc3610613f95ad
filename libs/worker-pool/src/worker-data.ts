import { workerData } from 'piscina';

/** What the pool was created with as `workerData`; undefined outside a pool worker. */
export function poolWorkerData(): unknown {
  return workerData;
}
