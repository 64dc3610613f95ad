import { IndexClient, Updater } from '@rind/client';
import { isRindError, systemClock } from '@rind/kernel';
import { MemoryMetadataStore } from '@rind/testkit';
import type { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { binOf, makeRepository, project, wheelName } from './attack-repository.ts';
import { attacksBetween } from './attacks-between.ts';
import { attacksWithKeys } from './attacks-with-keys.ts';

const all = [...attacksBetween, ...attacksWithKeys];

/** What `rind get` does, in memory and with the trust of earlier visits. */
async function visit(repository: RepositorySimulator, store: MemoryMetadataStore): Promise<unknown> {
  const { metadataUrl, targetsUrl, bootstrapRoot } = repository;
  const clock = systemClock();
  const updater = new Updater({ fetcher: repository, store, clock, metadataUrl, targetsUrl, bootstrapRoot });
  const client = new IndexClient({ updater, fetcher: repository });
  try {
    await client.projectPage(project);
    return new TextDecoder().decode(await client.fetchFile(project, wheelName));
  } catch (error) {
    if (!isRindError(error)) throw error;
    const { role = null, spec = null } = error.details as { role?: string; spec?: string };
    return { code: error.code, role: role === binOf(repository) ? 'bin' : role, spec };
  }
}

describe('an attack on a repository is refused by the very check it is about, and the client goes on after it', () => {
  it.each(all)('$name', async (attack) => {
    const repository = makeRepository(attack.options);
    attack.prepare?.(repository);
    const store = new MemoryMetadataStore();
    const good = await visit(repository, store);
    expect(good).toBe(`the wheel of ${project}\n`);
    attack.act(repository, { misbehave: (path, how) => repository.fault(path, how) });
    expect(await visit(repository, store)).toEqual(attack.rind);
    repository.served.heal();
    attack.heal(repository);
    expect(await visit(repository, store)).toBe(good);
  });

  it('has a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});
