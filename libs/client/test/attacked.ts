import type { RepositorySimulator, SimulatorOptions } from '@rind/testkit';
import { expect } from 'vitest';
import { SIX, clientOf, refusalOf, simulate } from './client.ts';

export type Attack = (repository: RepositorySimulator) => void;

export interface Scene {
  readonly options?: Partial<SimulatorOptions>;
  /** Honest changes before the client's first visit. */
  readonly before?: Attack;
  /** Store entries that the refused visit may still bring up to date, since they are good. */
  readonly mayChange?: readonly string[];
}

/** The bin of the file is called `bin`, to be the same in every run. */
function naming(repository: RepositorySimulator) {
  return (text: string): string => text.replaceAll(repository.binFor(SIX), 'bin');
}

/** A client that has seen two honest publications visits after the attack. */
export async function attacked(
  attack: Attack,
  { options, before, mayChange = [] }: Scene = {},
): Promise<string> {
  const { repository, store, client } = simulate(options);
  const fetched = { bytes: '' };
  const visit = async (): Promise<void> => {
    const bytes = await clientOf(repository, store).download(SIX);
    fetched.bytes = new TextDecoder().decode(bytes);
  };
  repository.addTarget(SIX, 'second');
  repository.publish();
  before?.(repository);
  await client.download(SIX);
  const good = store.dump();
  attack(repository);
  const refusal = await refusalOf(visit);
  if (refusal === 'ok') return `ok ${fetched.bytes}`;

  const changeable = new Set(mayChange.map((role) => named(repository, role)));
  const kept = Object.entries(good).filter(([role]) => !changeable.has(role));
  expect(store.dump()).toMatchObject(Object.fromEntries(kept));
  return naming(repository)(refusal);
}

/** In front of a refused snapshot stands a good timestamp, and so on (TUF 1.0.34 §5.4.5, §5.5.7). */
export const above: Readonly<Record<string, readonly string[]>> = {
  root: [],
  timestamp: ['root'],
  snapshot: ['root', 'timestamp'],
  targets: ['root', 'timestamp', 'snapshot'],
  bins: ['root', 'timestamp', 'snapshot', 'targets'],
  bin: ['root', 'timestamp', 'snapshot', 'targets', 'bins'],
};
export const named = (repository: RepositorySimulator, role: string): string =>
  role === 'bin' ? repository.binFor(SIX) : role;
export const needTwo: Partial<SimulatorOptions> = {
  thresholds: { root: 2, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 },
};
export const otherBin = (repository: RepositorySimulator): string =>
  repository.binNames().find((name) => name !== repository.binFor(SIX))!;

export function path(repository: RepositorySimulator, role: string): string {
  return repository.published(named(repository, role)).path;
}
