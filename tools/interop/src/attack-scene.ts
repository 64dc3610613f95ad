import assert from 'node:assert/strict';
import type { Outcome } from './command.ts';
import type { Attack, Scene } from './attacks.ts';
import { assertSucceeded } from './outcomes.ts';
import { publishSample } from './publish.ts';
import { PublishedState } from './published-state.ts';
import type { Context } from './suite.ts';
import { TamperProxy } from './tamper-proxy.ts';
import { pagePath } from './target-paths.ts';
import type { TufPlace } from './tuf-download.ts';

/** A scene with a man in the middle. */
export interface Stage {
  readonly context: Context;
  readonly scene: Scene;
  readonly proxy: TamperProxy;
}

/** Publishes two releases of two projects, keeping what was served in between. */
export async function setStage(context: Context, project: string): Promise<Stage> {
  const stranger = `${project}-stranger`;
  await publishSample(context, { name: stranger, version: '1.0' });
  await publishSample(context, { name: project, version: '1.0' });
  const { metadata, targets } = context.instance.file;
  const before = await PublishedState.read(metadata);
  const { wheel: strangersWheel } = await publishSample(context, { name: stranger, version: '1.1' });
  const { wheel } = await publishSample(context, { name: project, version: '1.1' });
  const now = await PublishedState.read(metadata);
  const bins = [project, stranger].map((name) => now.binOf(pagePath(name)));
  assert.notEqual(bins[0], bins[1], 'both projects fell into one bin: choose other names');
  for (const bin of bins) assert.notEqual(before.fileOf(bin), now.fileOf(bin), `${bin} has not changed`);
  const proxy = new TamperProxy({ metadata, targets });
  await proxy.listen();
  return { context, scene: { project, stranger, wheel, strangersWheel, before, now }, proxy };
}

/**
 * One attack on one client, with its controls: the same client, cache and proxy succeed before (if the attack wants a
 * client that has been there) and after the lie; and the client did hear the lie.
 * @param use the client at work, an outcome each time
 * @param assertRefusal what a refusal of this client looks like
 */
export async function playAttack(
  { context, scene: found, proxy }: Stage,
  attack: Attack,
  use: (place: TufPlace) => Promise<Outcome>,
  assertRefusal: (outcome: Outcome) => void,
): Promise<void> {
  const place: TufPlace = {
    metadataUrl: proxy.metadataUrl,
    targetsUrl: proxy.targetsUrl,
    root: context.instance.file.root,
    cache: context.newFolder('attacked-cache'),
  };
  // The signers renew what expires at any time: the present is read anew.
  const scene = { ...found, now: await PublishedState.read(context.instance.file.metadata) };
  proxy.tell(new Map());
  if (attack.afterRefresh === true) assertSucceeded(await use(place));
  const lies = await attack.lies(scene);
  proxy.tell(lies);
  const outcome = await use(place);
  const heard = [...proxy.heard];
  proxy.tell(new Map());
  assert.deepEqual(heard, [...lies.keys()], 'the client never asked for what the lie was about');
  assertRefusal(outcome);
  assertSucceeded(await use(place));
}
