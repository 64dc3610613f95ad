import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFaults, runMuteKeys } from './faults-run.ts';
import type { FaultsSeen } from './faults-run.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';

const seed = '1';

/** What must hold of uploads under faults on either store; for longer: `npm run faults`. */
export function describeFaults(kind: StoreKind, seconds: number): void {
  describe(`uploads on ${kind} while a fifth of all calls fails or stalls, and replies are lost`, () => {
    let site: Site;
    let seen: FaultsSeen | undefined;
    beforeAll(async () => {
      site = await Site.create(kind);
    });
    afterAll(() => site.destroy());

    it(
      'are published, none lost and none twice, by the signer that was there at the beginning',
      { timeout: (seconds + 240) * 1_000 },
      async () => {
        seen = await runFaults(site, { seconds, seed });
        // The faults were there: they were met by authors and by the signer, and the lag could be seen.
        expect(seen.accepted.length).toBeGreaterThan(10);
        expect(seen.refusals).toBeGreaterThan(0);
        // One write in ten loses its reply: among the few dozens of half a minute there may be none that counts here.
        if (seconds >= 60) expect(seen.unknownOutcomes).toBeGreaterThan(0);
        expect(seen.longestWaitMs).toBeGreaterThan(0);
        expect(seen.longestQueueAgeSeconds).toBeGreaterThan(0);
      },
    );

    it(
      'wait visibly while no key answers, and are published when keys do again',
      { timeout: 240_000 },
      async () => {
        const tries = await runMuteKeys(site, seen?.accepted ?? []);
        // Waiting is no reason to hammer: tries of the step that failed come ever more slowly.
        expect(tries).toBeGreaterThan(2);
        expect(tries).toBeLessThan(25);
      },
    );
  });
}
