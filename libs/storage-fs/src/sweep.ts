import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Randomness } from '@rind/kernel';
import { errnoOf } from './errno.ts';
import { privatePath } from './layout.ts';
import type { Layout } from './layout.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * Removes drafts that are older than a day: their writers are dead, or will find that the draft is gone.
 * Each is renamed first, so that a writer that wakes up meanwhile finds all of its draft or nothing.
 */
export function sweepDrafts(layout: Layout, clock: Clock, randomness: Randomness): void {
  const oldest = clock.nowMs() - DAY_MS;
  for (const name of readdirSync(layout.tmp)) {
    const away = privatePath(layout.tmp, 'swept', randomness);
    try {
      if (lstatSync(join(layout.tmp, name)).mtimeMs >= oldest) continue;
      renameSync(join(layout.tmp, name), away);
      rmSync(away, { recursive: true, force: true });
    } catch (error) {
      // Another process sweeps too, or the owner has finished.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}
