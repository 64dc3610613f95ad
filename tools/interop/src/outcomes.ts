import assert from 'node:assert/strict';
import { tail } from './command.ts';
import type { Outcome } from './command.ts';

/** The command did what it was asked for. */
export function assertSucceeded(outcome: Outcome): void {
  assert.equal(outcome.code, 0, `exit code ${outcome.code}\n${tail(outcome)}`);
}

/** The command ended with this exit code, no other. */
export function assertExitCode(outcome: Outcome, code: number): void {
  assert.equal(outcome.code, code, `exit code ${outcome.code} instead of ${code}\n${tail(outcome)}`);
}

/** The command refused, and what it printed shows the reason to a person. */
export function assertRefused(outcome: Outcome, shown: RegExp): void {
  assert.notEqual(outcome.code, 0, `it succeeded\n${tail(outcome)}`);
  assert.notEqual(outcome.code, null, `it was killed\n${tail(outcome)}`);
  assert.match(`${outcome.stdout}\n${outcome.stderr}`, shown);
}

/** What the command printed has this somewhere. */
export function assertShown(outcome: Outcome, shown: RegExp): void {
  assert.match(`${outcome.stdout}\n${outcome.stderr}`, shown);
}
