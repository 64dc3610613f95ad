import { parseArgs } from 'node:util';
import { systemRandomness, toHex } from '@rind/kernel';
import { storeKinds } from './site.ts';
import type { StoreKind } from './site.ts';

/** What `npm run faults` was asked to do. */
export interface FaultsCommand {
  readonly seconds: number;
  readonly seed: string;
  readonly store: StoreKind;
  readonly json: string | null;
}

export const usage = `npm run faults -- [--seconds N] [--seed S] [--store fs|s3] [--json FILE]

  --seconds N      how long authors upload (60)
  --seed S         of what goes wrong (any; it is printed)
  --store fs|s3    where the instance publishes (fs)
  --json FILE      the summary as JSON`;

/** Throws with a text for whoever typed it. */
export function parseFaultsCommand(args: readonly string[]): FaultsCommand {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: toHex(systemRandomness.bytes(4)) },
      store: { type: 'string', default: 'fs' },
      json: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error('--seconds is a whole number from 1');
  const store = storeKinds.find((kind) => kind === values.store);
  if (store === undefined) throw new Error(`--store is ${storeKinds.join(' or ')}`);
  if (values.seed === '') throw new Error('--seed is not empty');
  return { seconds, seed: values.seed, store, json: values.json ?? null };
}
