import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, commandOf, planned } from './publication-machine.ts';
import type { PublicationCommand, PublicationOutcome, PublicationState } from './publication-machine.ts';

const happyPath: readonly PublicationCommand[] = [
  'open',
  'write-targets',
  'write-snapshot',
  'sync',
  'prepare',
  'swap-timestamp',
  'close',
];

function commandsOf(outcomes: readonly PublicationOutcome[]): {
  commands: PublicationCommand[];
  state: PublicationState;
} {
  const commands: PublicationCommand[] = [];
  let state = planned;
  for (const outcome of outcomes) {
    const command = commandOf(state);
    if (command === null) break;
    commands.push(command);
    state = advance(state, outcome);
  }
  return { commands, state };
}

const done: PublicationOutcome = { kind: 'done' };
const outcome = fc.oneof(
  { arbitrary: fc.constant<PublicationOutcome>(done), weight: 6 },
  fc.constant<PublicationOutcome>({ kind: 'retry' }),
  fc.constant<PublicationOutcome>({ kind: 'unknown' }),
  fc.constant<PublicationOutcome>({ kind: 'unmade' }),
  fc.constant<PublicationOutcome>({ kind: 'lost', reason: 'fence' }),
  fc.constant<PublicationOutcome>({ kind: 'unpublishable', reason: 'too large' }),
);

describe('the publication state machine', () => {
  it('goes from plan to close in one order', () => {
    const { commands, state } = commandsOf(happyPath.map(() => done));
    expect(commands).toEqual(happyPath);
    expect(state.phase).toBe('closed');
  });

  it('reads the timestamp after an unknown swap, and swaps again only when the old one is still there', () => {
    const prefix: PublicationOutcome[] = [done, done, done, done, done, { kind: 'unknown' }];
    expect(commandsOf([...prefix, done, done]).commands.slice(5)).toEqual([
      'swap-timestamp',
      'read-timestamp',
      'close',
    ]);
    expect(commandsOf([...prefix, { kind: 'unmade' }, done, done]).commands.slice(5)).toEqual([
      'swap-timestamp',
      'read-timestamp',
      'swap-timestamp',
      'close',
    ]);
    expect(commandsOf([...prefix, { kind: 'retry' }, done, done]).commands.slice(5)).toEqual([
      'swap-timestamp',
      'read-timestamp',
      'read-timestamp',
      'close',
    ]);
    expect(commandsOf([...prefix, { kind: 'lost', reason: 'replaced' }]).state.phase).toBe('lost');
  });

  it('reads once more when the second swap is refused, for the first may have been late', () => {
    const refused: PublicationOutcome = { kind: 'lost', reason: 'store.precondition-failed' };
    const prefix: PublicationOutcome[] = [
      done,
      done,
      done,
      done,
      done,
      { kind: 'unknown' },
      { kind: 'unmade' },
    ];
    expect(commandsOf([...prefix, refused, done]).state.phase).toBe('published');
    expect(commandsOf([...prefix, refused, { kind: 'lost', reason: 'replaced' }]).state.phase).toBe('lost');
    expect(commandsOf([...prefix, { kind: 'lost', reason: 'internal' }]).state.phase).toBe('lost');
    expect(commandsOf([done, done, done, done, done, refused]).state.phase).toBe('lost');
  });

  it('never abandons once the timestamp may be out', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), (outcomes) => {
        const { commands, state } = commandsOf(outcomes);
        if (state.phase === 'abandoned') expect(commands).not.toContain('swap-timestamp');
      }),
    );
  });

  it('never swaps before everything is written, durable and recorded, nor after it was lost', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), (outcomes) => {
        const { commands } = commandsOf(outcomes);
        const swap = commands.indexOf('swap-timestamp');
        if (swap < 0) return;
        for (const before of happyPath.slice(0, 5)) expect(commands.indexOf(before)).toBeLessThan(swap);
        const lost = outcomes.findIndex(({ kind }) => kind === 'lost');
        if (lost >= 0 && lost < commands.length) expect(commands.length).toBe(lost + 1);
      }),
    );
  });

  it('closes only what was swapped', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), (outcomes) => {
        const { commands } = commandsOf(outcomes);
        const close = commands.indexOf('close');
        if (close >= 0) expect(commands.indexOf('swap-timestamp')).toBeLessThan(close);
      }),
    );
  });
});
