import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceTakeover, takeoverCommandOf, takeoverStarted } from './takeover-machine.ts';
import type { TakeoverCommand, TakeoverOutcome, TakeoverState } from './takeover-machine.ts';
import type { UnfinishedContent } from './takeover.ts';

const done: TakeoverOutcome = { kind: 'done' };
const store = (version: number, snapshotVersion = version): TakeoverOutcome => ({
  kind: 'store',
  stored: { version, sha256: `sha-${version}`, snapshotVersion },
});
const roles = (timestamp: number, snapshot = timestamp): TakeoverOutcome => ({
  kind: 'roles',
  committed: { timestamp, snapshot },
});
const prepared = (id: number, timestampVersion: number, bins: readonly number[] = []): UnfinishedContent => ({
  id,
  state: 'prepared',
  timestampVersion,
  timestampSha256: `sha-${timestampVersion}`,
  snapshotVersion: timestampVersion,
  bins,
});
const records = (...unfinished: UnfinishedContent[]): TakeoverOutcome => ({
  kind: 'records',
  unfinished,
});

function run(...outcomes: TakeoverOutcome[]): { commands: TakeoverCommand[]; state: TakeoverState } {
  const commands: TakeoverCommand[] = [];
  let state = takeoverStarted;
  for (const outcome of outcomes) {
    const command = takeoverCommandOf(state);
    if (command === null) break;
    commands.push(command);
    state = advanceTakeover(state, outcome);
  }
  return { commands, state };
}

const kinds = (commands: readonly TakeoverCommand[]): string[] => commands.map(({ kind }) => kind);

describe('the take-over', () => {
  it('moves the timestamp, and only then gives up what was unfinished', () => {
    const { commands, state } = run(
      store(5),
      records(prepared(1, 6, [3, 4]), prepared(2, 7, [4, 0])),
      roles(5),
      done,
      done,
      done,
      done,
      done,
    );
    expect(commands).toEqual([
      { kind: 'read-store' },
      { kind: 'read-records' },
      { kind: 'read-roles' },
      { kind: 'raise', role: 'timestamp', version: 6 },
      { kind: 'raise', role: 'snapshot', version: 6 },
      { kind: 'move-timestamp', above: { newSnapshot: true, bins: [0, 3, 4] } },
      { kind: 'abandon', publicationId: 1 },
      { kind: 'abandon', publicationId: 2 },
    ]);
    expect(state.phase).toBe('taken-over');
  });

  it.each([
    ['was opened only', { ...prepared(1, 6, [3]), state: 'open', timestampSha256: null }],
    ['lies below what is served', prepared(1, 4, [3])],
    ['has the snapshot that is served', { ...prepared(1, 6), snapshotVersion: 5 }],
  ] as const)('signs nothing anew for what %s', (_what, record) => {
    const { commands } = run(store(5), records(record), roles(5), done, done, done);
    expect(commands[5]).toEqual({ kind: 'move-timestamp', above: { newSnapshot: false, bins: [] } });
  });

  it('goes above what was prepared on a committed state that the store lost', () => {
    const { commands } = run(store(4), records(prepared(1, 6, [2])), roles(5), done, done, done, done, done);
    expect(commands.at(-1)).toEqual({
      kind: 'move-timestamp',
      above: { newSnapshot: true, bins: [2] },
    });
  });

  it('closes what is published already', () => {
    const { commands, state } = run(store(6), records(prepared(1, 6, [3])), roles(5), done, done, done, done);
    expect(commands.slice(3)).toEqual([
      { kind: 'close', publicationId: 1 },
      { kind: 'raise', role: 'timestamp', version: 7 },
      { kind: 'raise', role: 'snapshot', version: 7 },
      { kind: 'move-timestamp', above: { newSnapshot: false, bins: [] } },
    ]);
    expect(state.phase).toBe('taken-over');
  });

  it('makes sure of its fence before it calls the store older, and burns the higher numbers', () => {
    const { commands } = run(store(4, 3), records(), roles(6, 5), done, done, done, done);
    expect(commands.slice(3)).toEqual([
      { kind: 'confirm-fence' },
      { kind: 'read-committed', stored: 4, committed: { timestamp: 6, snapshot: 5 } },
      { kind: 'raise', role: 'timestamp', version: 7 },
      { kind: 'raise', role: 'snapshot', version: 6 },
    ]);
  });

  it('makes sure of its fence before it refuses, and touches nothing', () => {
    const { commands, state } = run(store(9), records(), roles(5), done);
    expect(kinds(commands)).toEqual(['read-store', 'read-records', 'read-roles', 'confirm-fence']);
    expect(state).toEqual({ phase: 'refused', storedVersion: 9, committedVersion: 5 });
    const { state: lost } = run(store(9), records(), roles(5), { kind: 'failed', code: 'lease.lost' });
    expect(lost).toEqual({ phase: 'lost', reason: 'lease.lost' });
  });

  it.each(['store.precondition-failed', 'timestamp replaced'])(
    'starts over when it was outrun: %s',
    (reason) => {
      const { commands, state } = run(
        store(5),
        records(),
        roles(5),
        done,
        done,
        { kind: 'lost', reason },
        store(6),
      );
      expect(kinds(commands).slice(5)).toEqual(['move-timestamp', 'read-store']);
      expect(state).toMatchObject({ phase: 'reading-records', round: 2 });
    },
  );

  it('does not run for ever', () => {
    const round = [
      store(5),
      records(),
      roles(5),
      done,
      done,
      { kind: 'lost', reason: 'timestamp replaced' } as const,
    ];
    const { commands, state } = run(...Array.from({ length: 20 }, () => round).flat());
    expect(kinds(commands).filter((kind) => kind === 'move-timestamp')).toHaveLength(8);
    expect(state).toEqual({ phase: 'lost', reason: 'takeover' });
  });

  it.each([
    ['lost otherwise', { kind: 'lost', reason: 'lease.lost' }, { phase: 'lost', reason: 'takeover' }],
    [
      'given up for trouble that stays',
      { kind: 'failed', code: 'internal' },
      { phase: 'lost', reason: 'takeover' },
    ],
    ['given up for trouble that passes', { kind: 'failed', code: 'store.full' }, { phase: 'interrupted' }],
    ['left to the next one', { kind: 'left' }, { phase: 'left' }],
  ] as const)('ends when the move is %s', (_name, outcome, state) => {
    expect(run(store(5), records(prepared(1, 6)), roles(5), done, done, outcome).state).toEqual(state);
  });

  const outcome = fc.oneof(
    { arbitrary: fc.constant(done), weight: 6 },
    fc.nat(6).map((version) => store(version)),
    fc.nat(6).map((version) => roles(version)),
    fc
      .array(fc.nat(6), { maxLength: 3 })
      .map((versions) => records(...versions.map((v, i) => prepared(i + 1, v)))),
    fc.constant<TakeoverOutcome>({ kind: 'lost', reason: 'timestamp replaced' }),
    fc
      .constantFrom('store.unavailable', 'lease.lost')
      .map((code): TakeoverOutcome => ({ kind: 'failed', code })),
  );

  it('never writes before it has read everything, and never abandons before it has moved', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        const { commands } = run(...outcomes);
        const names = kinds(commands);
        const writes = names.findIndex((kind) => !kind.startsWith('read-'));
        if (writes >= 0)
          expect([...new Set(names.slice(0, writes))]).toEqual(['read-store', 'read-records', 'read-roles']);
        const abandons = names.indexOf('abandon');
        if (abandons >= 0) expect(names.slice(0, abandons)).toContain('move-timestamp');
      }),
    );
  });

  it('an outcome of another command changes nothing', () => {
    expect(advanceTakeover(takeoverStarted, done)).toBe(takeoverStarted);
    expect(advanceTakeover({ phase: 'taken-over' }, done)).toEqual({ phase: 'taken-over' });
  });
});
