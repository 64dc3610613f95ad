import { FakeClock, isRindError } from '@rind/kernel';
import { MemoryMetadataStore, RepositorySimulator } from '@rind/testkit';
import type { SimulatorOptions } from '@rind/testkit';
import { Updater } from '../src/index.ts';
import type { UpdaterOptions } from '../src/index.ts';

export const SIX = 'packages/six/six-1.0.tar.gz';
export const PAGE = 'simple/six/index.json';
export const DAY_MS = 24 * 60 * 60 * 1000;

/** A published repository with two targets, and a client of it that has seen nothing yet. */
export function simulate(options: Partial<SimulatorOptions> = {}) {
  const clock = new FakeClock(1_900_000_000_000);
  const repository = new RepositorySimulator({ clock, ...options });
  repository.addTarget(SIX, 'first');
  repository.addTarget(PAGE, '{}');
  repository.publish();
  const store = new MemoryMetadataStore();
  return { clock, repository, store, client: clientOf(repository, store) };
}

/** A client as a new process would make it: all that it knows is in the store. */
export function clientOf(
  repository: RepositorySimulator,
  store: MemoryMetadataStore,
  options: Partial<UpdaterOptions> = {},
): Updater {
  const { metadataUrl, targetsUrl, clock, bootstrapRoot } = repository;
  return new Updater({
    fetcher: repository,
    store,
    clock,
    metadataUrl,
    targetsUrl,
    bootstrapRoot,
    ...options,
  });
}

export interface Outcome {
  readonly code: string;
  readonly role?: string;
  readonly spec?: string;
}

/** `ok` or the code of the refusal, with role and step where the error has them. */
export async function outcomeOf(action: () => Promise<unknown>): Promise<Outcome> {
  try {
    await action();
    return { code: 'ok' };
  } catch (error) {
    if (!isRindError(error)) throw error;
    const { role, spec } = error.details as { role?: string; spec?: string };
    return {
      code: error.code,
      ...(role === undefined ? {} : { role }),
      ...(spec === undefined ? {} : { spec }),
    };
  }
}

/** `outcomeOf` in one line, e.g. `snapshot verify.hash-mismatch §5.5.2`. */
export async function refusalOf(action: () => Promise<unknown>): Promise<string> {
  const { code, role, spec } = await outcomeOf(action);
  return [role, code, spec?.replace('TUF 1.0.34 ', '')].filter((part) => part !== undefined).join(' ');
}
