import { DatabaseError } from '@rind/database';
import type { Pool } from '@rind/database';
import { Faults, faultySigner, faultySql, faultyStore, parseFaultSpec, storeUnavailable } from '@rind/faults';
import { toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';
import type { BinStore } from './bins/bin-store.ts';
import type { RoleSigner } from './publishing/publisher.ts';

/** RIND_FAULTS and the seed of its choices: plain data, for this process and its threads. */
export interface FaultSettings {
  readonly spec: string;
  readonly seed: string;
}

/** Development only: null where no faults are asked for. Throws `faults.bad-spec`. */
export function faultSettings(
  {
    RIND_FAULTS: spec,
    RIND_FAULTS_SEED: seed,
  }: { RIND_FAULTS?: string | undefined; RIND_FAULTS_SEED?: string | undefined },
  randomness: Randomness,
): FaultSettings | null {
  if (spec === undefined) return null;
  parseFaultSpec(spec);
  return { spec, seed: seed ?? toHex(randomness.bytes(4)) };
}

/** @param part of the process: each chooses for itself, so that one's calls do not move the other's choices */
function faultsOf({ spec, seed }: FaultSettings, part: string): Faults {
  return new Faults({ spec: parseFaultSpec(spec), seed: `${seed}/signer/${part}` });
}

export function storeWithFaults(store: ObjectStore, settings: FaultSettings | null): ObjectStore {
  return settings === null ? store : faultyStore(store, faultsOf(settings, 'store'));
}

export function databaseWithFaults(pool: Pool, settings: FaultSettings | null): Pool {
  if (settings === null) return pool;
  const unavailable = () => new DatabaseError('database.unavailable', 'injected fault', { sqlState: null });
  return faultySql(pool, faultsOf(settings, 'db'), unavailable);
}

/** Each call of each key for itself. Bins are signed in memory, where there is no call to fail. */
export function signerWithFaults(
  signer: RoleSigner,
  settings: FaultSettings | null,
  role: string,
): RoleSigner {
  if (settings === null) return signer;
  const faults = faultsOf(settings, `key/${role}`);
  const own = faultySigner(signer, faults);
  return {
    sign: (message) => own.sign(message),
    get coSigners() {
      return (signer.coSigners ?? []).map((each) => faultySigner(each, faults));
    },
  };
}

/** @param thread of the pool, by its number */
export function binStoreWithFaults(
  store: BinStore,
  settings: FaultSettings | null,
  thread: number,
): BinStore {
  if (settings === null) return store;
  const faults = faultsOf(settings, `thread/${thread}`);
  const call = <Result>(key: string, work: () => Result | Promise<Result>): Promise<Result> =>
    faults.call('store', work, () => storeUnavailable(key));
  return {
    get: (key, maxBytes) => call(key, () => store.get(key, maxBytes)),
    stat: (key) => call(key, () => store.stat(key)),
    putNew: (key, bytes) => call(key, () => store.putNew(key, bytes)),
    lanes: store.lanes,
  };
}
