import type { Lease } from '@rind/queue-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { watchedLease } from './watched-lease.ts';
import { WriterWatch } from './writer-watch.ts';

let elapsedMs: number;
let watch: WriterWatch;
let free: boolean;
let renews: boolean;
let lease: Lease;

beforeEach(() => {
  elapsedMs = 1_000;
  watch = new WriterWatch(() => elapsedMs);
  free = true;
  renews = true;
  lease = watchedLease(
    {
      acquire: () => Promise.resolve(free ? { fence: 7, databaseNowMs: 0 } : null),
      renew: () => Promise.resolve(renews),
      release: () => Promise.resolve(),
    },
    watch,
  );
});

const stuck = expect.objectContaining({ code: 'writer.stuck' });
const checked = () => watch.check(5_000);

describe('a signer', () => {
  it('is ready on standby, however long that takes', async () => {
    free = false;
    await lease.acquire('here', 100);
    elapsedMs += 1_000_000;
    expect(checked).not.toThrow();
    expect(watch.sight).toEqual({ fence: null, heldRows: 0, oldestHeldMs: null, silentForMs: null });
  });

  it('is stuck when it holds the lease and the record hears nothing of it', async () => {
    await lease.acquire('here', 100);
    elapsedMs += 5_000;
    expect(checked).not.toThrow();
    elapsedMs += 1;
    expect(checked).toThrow(stuck);
    // Renewing the lease is what a timer does: it gets nothing done.
    await lease.renew(7, 100);
    expect(checked).toThrow(stuck);
  });

  it.each<[string, () => void]>([
    ['opened a publication', () => watch.opened(3)],
    ['got something done', () => watch.signOfLife()],
  ])('is ready again when it %s', async (_what, done) => {
    await lease.acquire('here', 100);
    elapsedMs += 9_000;
    expect(checked).toThrow(stuck);
    done();
    expect(checked).not.toThrow();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['gives the lease back', () => lease.release(7)],
    [
      'finds that another one has it',
      () => {
        renews = false;
        return lease.renew(7, 100);
      },
    ],
  ])('holds nothing any more when it %s', async (_what, end) => {
    await lease.acquire('here', 100);
    watch.showHeld(2, 500);
    expect(watch.sight).toMatchObject({ fence: 7, heldRows: 2, oldestHeldMs: 500 });
    await end();
    expect(watch.sight).toMatchObject({ fence: null, heldRows: 0, oldestHeldMs: null });
  });

  it('keeps a lease that was taken anew when an earlier one is reported gone', async () => {
    await lease.acquire('here', 100);
    watch.leaseGone(6);
    expect(watch.sight.fence).toBe(7);
  });
});
