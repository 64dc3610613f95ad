import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositorySimulator } from '@rind/testkit';
import type { RepositoryAttack } from './attack-forms.ts';
import { makeRepository } from './attack-repository.ts';
import { AttackServer } from './attack-server.ts';
import type { Outcome } from './command.ts';
import { assertSucceeded } from './outcomes.ts';
import type { Bench } from './suite.ts';
import type { TufPlace } from './tuf-download.ts';

/**
 * One attack on one client, on a repository of its own: the client is there before, meets the lie, and goes on with
 * the same cache when the repository is honest again.
 * @param use the client at work, an outcome each time
 * @param assertRefusal what a refusal of this client looks like
 */
export async function playRepositoryAttack(
  bench: Bench,
  attack: RepositoryAttack,
  use: (place: TufPlace) => Promise<Outcome>,
  assertRefusal: (outcome: Outcome, repository: RepositorySimulator) => void,
): Promise<void> {
  const repository = makeRepository(attack.options);
  const folder = bench.newFolder('attacked-repository');
  const root = join(folder, '1.root.json');
  writeFileSync(root, repository.bootstrapRoot);
  attack.prepare?.(repository);
  const server = await AttackServer.listen(repository);
  try {
    const { metadataUrl, targetsUrl } = server;
    const place = { metadataUrl, targetsUrl, root, cache: join(folder, 'cache') };
    assertSucceeded(await use(place));
    attack.act(repository, server);
    const lie = attack.lie(repository);
    server.takeAsked();
    const outcome = await use(place);
    const asked = server.takeAsked();
    assert.ok(asked.has(lie), `the client never asked for ${lie}, only for ${[...asked].join(', ')}`);
    assertRefusal(outcome, repository);
    server.behave();
    attack.heal(repository);
    assertSucceeded(await use(place));
  } finally {
    await server.close();
  }
}
