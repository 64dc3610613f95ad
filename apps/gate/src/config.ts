import { availableParallelism } from 'node:os';
import { commonVariables, httpUrl, loadConfig, sharedSecret, wholeNumberFrom } from '@rind/nest-kit';
import { z } from 'zod';

const mebibyte = 1_048_576;

const variables = z.object({
  ...commonVariables,
  RIND_AUTH_URL: httpUrl,
  RIND_WAREHOUSE_URL: httpUrl,
  RIND_GATE_AUTH_SECRET: sharedSecret,
  RIND_GATE_WAREHOUSE_SECRET: sharedSecret,
  RIND_SPOOL_DIR: z.string().min(1),
  /** Bytes that all uploads together may occupy in the spool. */
  RIND_SPOOL_MAX_BYTES: wholeNumberFrom(mebibyte).default(4_096 * mebibyte),
  RIND_MAX_FILE_BYTES: wholeNumberFrom(1).default(100 * mebibyte),
  RIND_HASH_THREADS: wholeNumberFrom(1, 64).optional(),
});

/** Everything that the gate can be told; durations in milliseconds, sizes in bytes. */
export interface GateConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly auth: { readonly url: string; readonly secret: string };
  readonly warehouse: { readonly url: string; readonly secret: string };
  readonly spool: { readonly dir: string; readonly maxBytes: number };
  readonly maxFileBytes: number;
  readonly hashThreads: number;
  /** Uploads whose body is being read or handled at one time. */
  readonly maxConcurrentUploads: number;
  /** The longest silence of a client in the middle of its body. */
  readonly bodyIdleMs: number;
  /** The longest time a body may take. */
  readonly bodyTotalMs: number;
  /** How long, and how much of, a body is read on after its upload was refused. */
  readonly linger: { readonly maxMs: number; readonly maxBytes: number };
  readonly authTimeoutMs: number;
  /** The longest silence of the warehouse: it gives a sign of life every 2 s while it works on an upload. */
  readonly warehouseIdleMs: number;
  /** The longest time in which the warehouse, though alive, takes nothing of a file, and then until its answer. */
  readonly warehouseStallMs: number;
  /** Pause before a grant of unknown outcome is asked about again, and voided. */
  readonly settleAfterMs: number;
  readonly clockOffsetMs: number;
  readonly checkpoints: {
    readonly stateDir: string | undefined;
    readonly crashAt: string | undefined;
    readonly stopAt: string | undefined;
  };
}

/** @throws KitError `config.invalid` */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): GateConfig {
  const read = loadConfig(variables, env);
  return Object.freeze({
    listen: { host: read.RIND_LISTEN_HOST, port: read.RIND_LISTEN_PORT },
    auth: { url: read.RIND_AUTH_URL, secret: read.RIND_GATE_AUTH_SECRET },
    warehouse: { url: read.RIND_WAREHOUSE_URL, secret: read.RIND_GATE_WAREHOUSE_SECRET },
    spool: { dir: read.RIND_SPOOL_DIR, maxBytes: read.RIND_SPOOL_MAX_BYTES },
    maxFileBytes: read.RIND_MAX_FILE_BYTES,
    hashThreads: read.RIND_HASH_THREADS ?? Math.max(1, availableParallelism() - 1),
    maxConcurrentUploads: 64,
    bodyIdleMs: 30_000,
    bodyTotalMs: 900_000,
    linger: { maxMs: 5_000, maxBytes: read.RIND_MAX_FILE_BYTES },
    authTimeoutMs: 8_000,
    warehouseIdleMs: 8_000,
    warehouseStallMs: 60_000,
    settleAfterMs: 10_000,
    clockOffsetMs: read.RIND_CLOCK_OFFSET_MS ?? 0,
    checkpoints: { stateDir: read.RIND_STATE_DIR, crashAt: read.RIND_CRASH_AT, stopAt: read.RIND_STOP_AT },
  });
}
