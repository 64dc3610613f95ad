import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { bitLengthOf } from '@rind/repository';
import type { BinEncoding } from '@rind/repository';
import { bucketOption } from './bucket-option.ts';
import type { BucketOption } from './bucket-option.ts';
import { SupervisorError } from './errors.ts';

/** `npm start -- …`; docs/reference/start.md. */
export interface StartOptions {
  readonly dataDir: string;
  /** 0: free ports for everything. */
  readonly port: number;
  /** Null: as the data folder has it, 16,384 at first. */
  readonly bins: number | null;
  readonly binEncoding: BinEncoding | null;
  readonly signers: number;
  /** Null: as the data folder has it, a folder at first. */
  readonly store: 'fs' | 's3' | null;
  /** What the environment says of a bucket; whole where `store` is `s3`. */
  readonly bucket: BucketOption;
  /** The public address speaks https. */
  readonly tls: boolean;
  readonly demo: boolean;
  readonly reset: boolean;
  readonly yes: boolean;
}

export const usage = `npm start -- [--data DIR] [--port N] [--bins N] [--bin-encoding succinct|explicit]
             [--signers N] [--store fs|s3] [--tls] [--no-demo] [--reset [--yes]]`;

/**
 * @param typedIn the folder that relative paths count from
 * @param checkout holds the default data folder
 * @param environment says where the bucket of `--store s3` is
 */
export function parseOptions(
  args: readonly string[],
  typedIn: string,
  checkout: string,
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const { values } = read(args);
  if (values.keys !== 'file') throw notAvailable('keys', values.keys);
  const { store } = values;
  if (store !== undefined && store !== 'fs' && store !== 's3') throw invalid('store', 'must be fs or s3');
  const bins = values.bins === undefined ? null : wholeNumber('bins', values.bins, 2, 32_768);
  if (bins !== null) bitLengthOf(bins);
  const encoding = values['bin-encoding'];
  if (encoding !== undefined && encoding !== 'succinct' && encoding !== 'explicit') {
    throw invalid('bin-encoding', 'must be succinct or explicit');
  }
  return {
    dataDir: values.data === undefined ? join(checkout, '.rind') : resolve(typedIn, values.data),
    port: wholeNumber('port', values.port, 0, 65_535),
    bins,
    binEncoding: encoding ?? null,
    signers: wholeNumber('signers', values.signers, 1, 8),
    store: store ?? null,
    bucket: bucketOption(environment, store === 's3'),
    tls: values.tls,
    demo: !values['no-demo'],
    reset: values.reset,
    yes: values.yes,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '8458' },
        bins: { type: 'string' },
        'bin-encoding': { type: 'string' },
        signers: { type: 'string', default: '1' },
        store: { type: 'string' },
        keys: { type: 'string', default: 'file' },
        tls: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new SupervisorError(
      'option.invalid',
      `${(cause as Error).message}\n${usage}`,
      { option: '' },
      { cause },
    );
  }
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^[0-9]{1,6}$/.test(text) || value < min || value > max) {
    throw invalid(option, `must be a whole number from ${min} to ${max}`);
  }
  return value;
}

function invalid(option: string, problem: string): SupervisorError {
  return new SupervisorError('option.invalid', `--${option} ${problem}`, { option });
}

function notAvailable(option: string, value: string): SupervisorError {
  return new SupervisorError('option.not-available', `--${option} ${value} is not available yet`, { option });
}
