import { neverLost } from './checked.ts';
import type { Effect, Reply } from './effect.ts';
import type { Violation } from './explore.ts';
import { invariants } from './invariants.ts';
import type { Move } from './moves.ts';

/** A counter-example for people: one line a move. */
export function traceLines({ invariant, detail, trace, after }: Violation): string[] {
  const sentence = invariants.find(({ name }) => name === invariant)?.sentence ?? neverLost.sentence;
  const lines = [`violated: ${invariant}: ${detail}`, `          ${sentence}`];
  trace.forEach((move, i) => lines.push(lineOf(move, i + 1)));
  if (after.length > 0) lines.push('     and with nothing going wrong any more:');
  after.forEach((move, i) => lines.push(lineOf(move, trace.length + i + 1)));
  return lines;
}

function lineOf({ signer, what, effect, reply, stopped }: Move, number: number): string {
  const who = signer === null ? 'world   ' : `signer ${signer + 1}`;
  const parts = [`${String(number).padStart(4)}  ${who}`];
  if (effect !== null) parts.push(describeEffect(effect));
  if (what !== 'step') parts.push(`[${what}]`);
  if (what === 'step' || what === 'late effect') parts.push(`-> ${describeReply(reply!)}`);
  if (stopped !== null) parts.push(`; its process ends: ${stopped}`);
  return parts.join(' ');
}

function describeEffect(effect: Effect): string {
  const { call, ...rest } = effect;
  return [call, ...Object.entries(rest).map(([name, value]) => `${name}=${plain(value)}`)].join(' ');
}

function describeReply(reply: Reply): string {
  if (reply.kind === 'error') return reply.error;
  const { kind, ...rest } = reply;
  return [kind, ...Object.values(rest).map(plain)].join(' ');
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
}
