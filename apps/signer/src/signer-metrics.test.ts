import { FakeClock } from '@rind/kernel';
import { Metrics } from '@rind/nest-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishFirst } from '../test/first-publication.ts';
import { MemoryStore } from '../test/memory-store.ts';
import type { PublishedState } from './published/published-state.ts';
import { SignerMetrics } from './signer-metrics.ts';

const nowMs = 1_800_000_000_000;

let registry: Metrics;
let clock: FakeClock;
let numbers: SignerMetrics;
let state: PublishedState;

beforeEach(async () => {
  registry = new Metrics();
  clock = new FakeClock(nowMs);
  numbers = new SignerMetrics(registry, () => clock.nowMs());
  state = await publishFirst(new MemoryStore(), nowMs + 100_000);
});
afterEach(() => registry.onModuleDestroy());

async function scraped(name: string): Promise<number> {
  const line = (await registry.text()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1).replace('Nan', 'NaN'));
}

describe('what is scraped', () => {
  it('is the time that is left when it is asked for', async () => {
    numbers.showState(state);
    expect(await scraped('rind_valid_for_seconds')).toBe(100);
    clock.advance(30_000);
    expect(await scraped('rind_valid_for_seconds')).toBe(70);
    clock.advance(80_000);
    expect(await scraped('rind_valid_for_seconds')).toBe(-10);
  });

  it.each<[string, Partial<PublishedState>, number, number]>([
    ['the timestamp', { timestampExpiresMs: nowMs + 10_000 }, nowMs + 50_000, 10],
    ['the snapshot', { snapshotExpiresMs: nowMs + 20_000 }, nowMs + 50_000, 20],
    ['a bin', {}, nowMs + 30_000, 30],
  ])('counts to %s when that expires first', async (_name, over, firstBinMs, expected) => {
    numbers.showState({ ...state, ...over });
    numbers.showFirstBin(firstBinMs);
    expect(await scraped('rind_valid_for_seconds')).toBe(expected);
  });

  it('is how long the oldest request has waited by then', async () => {
    numbers.showState(state);
    expect(await scraped('rind_queue_age_seconds')).toBe(0);
    numbers.showQueue(nowMs - 2_000);
    clock.advance(1_000);
    expect(await scraped('rind_queue_age_seconds')).toBe(3);
    numbers.showQueue(null);
    expect(await scraped('rind_queue_age_seconds')).toBe(0);
  });

  it('is no number on a standby, which knows neither', async () => {
    expect(await scraped('rind_queue_age_seconds')).toBeNaN();
    expect(await scraped('rind_valid_for_seconds')).toBeNaN();
    expect(await registry.text()).toContain('rind_valid_for_seconds N');
  });
});
