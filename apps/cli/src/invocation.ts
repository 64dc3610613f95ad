import { systemClock } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import { resolve } from 'node:path';
import { loadConfig } from './config.ts';
import { bucketEnvironment } from './fsck/location.ts';
import type { BucketEnvironment } from './fsck/location.ts';
import { readInstance } from './instance.ts';
import type { LocalInstance } from './instance.ts';
import { Output } from './output.ts';

/** Options that every command takes. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly data?: string;
}

/** What a command has at hand. */
export interface Invocation {
  readonly output: Output;
  readonly clock: Clock;
  /** Where buckets are, for commands that read one. */
  readonly buckets: BucketEnvironment;
  /** An upload token, from RIND_TOKEN or TWINE_PASSWORD; null when neither is set. */
  readonly token: string | null;
  /** The instance on this machine; read when it is needed. Throws `instance.not-found`. */
  readonly instance: () => LocalInstance;
}

export function invocation(
  { json = false, data }: SharedOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Invocation {
  const config = loadConfig(environment);
  return {
    output: new Output(json),
    clock: systemClock(config.clockOffsetMs),
    buckets: bucketEnvironment(environment),
    token: (environment['RIND_TOKEN'] || environment['TWINE_PASSWORD'])?.trim() ?? null,
    instance: () => readInstance(data === undefined ? config.dataDir : resolve(data)),
  };
}
