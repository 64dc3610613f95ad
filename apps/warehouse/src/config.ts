import { maxBinCount, minBinCount } from '@rind/repository';
import type { BinEncoding } from '@rind/repository';
import {
  commonVariables,
  httpUrl,
  loadConfig,
  sharedSecret,
  storeLocation,
  storeVariables,
  wholeNumberFrom,
} from '@rind/nest-kit';
import type { StoreLocation } from '@rind/storage-port';
import { z } from 'zod';
import type { InspectionLimits } from './inspection/inspections.ts';

const mebibyte = 1_048_576;
const dayMs = 86_400_000;

const variables = z
  .object({
    ...commonVariables,
    /** PostgreSQL, database `rind_index`, role `rind_warehouse`. */
    RIND_DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/ }),
    /** Where the store is a folder: on its file system, so that a received file is linked and not copied. */
    RIND_SPOOL_DIR: z.string().min(1),
    RIND_GATE_WAREHOUSE_SECRET: sharedSecret,
    /** How the world reaches the index; only shown. */
    RIND_PUBLIC_URL: httpUrl,
    RIND_MAX_FILE_BYTES: wholeNumberFrom(1).default(100 * mebibyte),
    RIND_MAX_PROJECT_BYTES: wholeNumberFrom(1).default(10 * 1_024 * mebibyte),
    RIND_MAX_RELEASE_AGE_DAYS: wholeNumberFrom(1).default(14),
    RIND_PROHIBITED_NAMES_FILE: z.string().min(1).optional(),
    RIND_TRUSTED_GRANT_KEYS_FILE: z.string().min(1),
    RIND_BIN_COUNT: wholeNumberFrom(minBinCount, maxBinCount).refine(
      (count) => Number.isInteger(Math.log2(count)),
      {
        message: 'must be a power of two',
      },
    ),
    RIND_BIN_ENCODING: z.enum(['succinct', 'explicit']).default('succinct'),
    RIND_FAULTS: z.string().min(1).optional(),
    RIND_FAULTS_SEED: z.string().min(1).optional(),
  })
  .and(storeVariables)
  .refine((read) => read.NODE_ENV !== 'production' || read.RIND_STORE_KIND !== 'fs', {
    path: ['RIND_STORE_KIND'],
    message: 'fs is for development only',
  });

/** Everything that the warehouse can be told; durations in milliseconds, sizes in bytes. */
export interface WarehouseConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** The name that grants are bound to. */
  readonly repository: string;
  readonly databaseUrl: string;
  readonly store: StoreLocation;
  readonly spoolDir: string;
  readonly gateSecret: string;
  readonly publicUrl: string;
  readonly maxFileBytes: number;
  /** All files of a project together. */
  readonly maxProjectBytes: number;
  /** Releases whose first file is older take no more files. */
  readonly maxReleaseAgeMs: number;
  /** Names that nobody may register; null for none. */
  readonly prohibitedNamesFile: string | null;
  readonly grantKeysFile: string;
  readonly bins: { readonly count: number; readonly encoding: BinEncoding };
  /** Uploads whose file is being received or stored at one time. */
  readonly maxConcurrentUploads: number;
  /** Threads that open archives, and what one file may cost them. */
  readonly inspection: InspectionLimits;
  /** The longest silence of the gate in the middle of a file. */
  readonly bodyIdleMs: number;
  /** How often the gate hears that its upload is being worked on; it gives up after four such silences. */
  readonly signOfLifeMs: number;
  /** Receipts that are waited for at one time. */
  readonly maxReceiptWaiters: number;
  readonly clockOffsetMs: number;
  /** Development only: calls that fail, and the seed of which; null when none do. */
  readonly faults: { readonly spec: string; readonly seed: string | null } | null;
  readonly checkpoints: {
    readonly stateDir: string | undefined;
    readonly crashAt: string | undefined;
    readonly stopAt: string | undefined;
  };
}

/** @throws KitError `config.invalid` */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): WarehouseConfig {
  const read = loadConfig(variables, env);
  return Object.freeze({
    listen: { host: read.RIND_LISTEN_HOST, port: read.RIND_LISTEN_PORT },
    repository: read.RIND_REPOSITORY,
    databaseUrl: read.RIND_DATABASE_URL,
    store: storeLocation(read),
    spoolDir: read.RIND_SPOOL_DIR,
    gateSecret: read.RIND_GATE_WAREHOUSE_SECRET,
    publicUrl: read.RIND_PUBLIC_URL,
    maxFileBytes: read.RIND_MAX_FILE_BYTES,
    maxProjectBytes: read.RIND_MAX_PROJECT_BYTES,
    maxReleaseAgeMs: read.RIND_MAX_RELEASE_AGE_DAYS * dayMs,
    prohibitedNamesFile: read.RIND_PROHIBITED_NAMES_FILE ?? null,
    grantKeysFile: read.RIND_TRUSTED_GRANT_KEYS_FILE,
    bins: { count: read.RIND_BIN_COUNT, encoding: read.RIND_BIN_ENCODING },
    maxConcurrentUploads: 64,
    inspection: { threads: 2, maxQueue: 64, timeoutMs: 60_000, maxHeapMebibytes: 256 },
    bodyIdleMs: 30_000,
    signOfLifeMs: 2_000,
    maxReceiptWaiters: 2_000,
    clockOffsetMs: read.RIND_CLOCK_OFFSET_MS ?? 0,
    faults:
      read.RIND_FAULTS === undefined ? null : { spec: read.RIND_FAULTS, seed: read.RIND_FAULTS_SEED ?? null },
    checkpoints: { stateDir: read.RIND_STATE_DIR, crashAt: read.RIND_CRASH_AT, stopAt: read.RIND_STOP_AT },
  });
}
