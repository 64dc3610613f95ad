import { FS_STORE_POINTS } from '@rind/storage-fs';
import type { Invocation } from '../invocation.ts';

/** A place at which RIND_CRASH_AT kills a process and RIND_STOP_AT stops it. */
export interface NamedPoint {
  readonly process: string;
  readonly point: string;
  /** Only with this object store. */
  readonly store?: 'fs' | 's3';
}

/** Where each process lists its points, in the order in which it passes them. */
const lists = [
  { process: 'gate', file: 'gate/dist/checkpoints.js', names: ['gatePoints'] },
  { process: 'auth', file: 'auth/dist/checkpoints.js', names: ['authPoints'] },
  { process: 'warehouse', file: 'warehouse/dist/checkpoints.js', names: ['warehousePoints'] },
  { process: 'signer', file: 'signer/dist/crash-points.js', names: ['signerPoints', 'sweepPoints'] },
] as const;

/** Every named point of every process, as the built programs of this checkout have them. */
export async function namedPoints(): Promise<readonly NamedPoint[]> {
  const points: NamedPoint[] = [];
  for (const { process, file, names } of lists) {
    const { href } = new URL(`../../../${file}`, import.meta.url);
    const module = (await import(href)) as Record<string, readonly string[] | undefined>;
    for (const name of names) {
      const list = module[name];
      if (list === undefined || list.length === 0) throw new TypeError(`${file} exports no ${name}`);
      points.push(...list.map((point) => ({ process, point })));
    }
  }
  // As everywhere in the command, the S3 client is loaded only by who needs it.
  const { S3_STORE_POINTS } = await import('@rind/storage-s3');
  const ofStore = (store: 'fs' | 's3', list: readonly string[]): NamedPoint[] =>
    list.map((point) => ({ process: 'signer', point, store }));
  return [...points, ...ofStore('fs', FS_STORE_POINTS), ...ofStore('s3', S3_STORE_POINTS)];
}

/** The points, one a line. */
export async function showCrashPoints({ output }: Invocation): Promise<void> {
  for (const named of await namedPoints()) {
    const only = named.store === undefined ? '' : `  (store ${named.store})`;
    output.result({ ...named }, `${named.process}/${named.point}${only}`);
  }
}
