import { describe, expect, it } from 'vitest';
import { refusalFor, refusalToJoin, refusalToMint } from './person-may.ts';
import type { PersonAction, PersonFacts, PersonRefusal } from './person-may.ts';

const owners = [
  'invite',
  'change-member',
  'require-second-factor',
  'trust-publisher',
  'change-release',
  'approve-upload',
] as const satisfies readonly PersonAction[];
const members = ['look', 'leave'] as const satisfies readonly PersonAction[];
const every: readonly PersonAction[] = [...owners, ...members];

/** Everything speaks for it. */
const yes: PersonFacts = {
  account: { disabled: false, emailVerified: true, secondFactor: true },
  sudo: true,
  role: 'owner',
  project: { requiresSecondFactor: true },
};
const account = (change: Partial<PersonFacts['account']>): PersonFacts => ({
  ...yes,
  account: { ...yes.account, ...change },
});

describe('what a person may do to a project', () => {
  it.each(every)('an owner may %s', (action) => {
    expect(refusalFor(action, yes)).toBeNull();
  });

  it.each(every)('a stranger may not %s', (action) => {
    expect(refusalFor(action, { ...yes, role: null })).toBe('authorization.not-a-maintainer');
  });

  it.each(every)('a disabled owner may not %s', (action) => {
    expect(refusalFor(action, account({ disabled: true }))).toBe('account.disabled');
  });

  it.each([
    ...owners.map((action) => [action, 'authorization.not-an-owner'] as const),
    ...members.map((action) => [action, null] as const),
  ])('a maintainer who would %s hears %s', (action, refusal) => {
    expect(refusalFor(action, { ...yes, role: 'maintainer' })).toBe(refusal);
  });

  it.each<[string, PersonFacts, PersonRefusal]>([
    ['without a confirmed address', account({ emailVerified: false }), 'account.email-unverified'],
    [
      'without a factor where one is required',
      account({ secondFactor: false }),
      'account.second-factor-required',
    ],
  ])('an owner %s may look and leave, nothing else', (_who, facts, refusal) => {
    expect(every.map((action) => [action, refusalFor(action, facts)])).toEqual([
      ...owners.map((action) => [action, refusal]),
      ...members.map((action) => [action, null]),
    ]);
  });

  it('an owner who proved nothing lately may look, nothing else', () => {
    expect(every.filter((action) => refusalFor(action, { ...yes, sudo: false }) === null)).toEqual(['look']);
    expect(refusalFor('leave', { ...yes, sudo: false })).toBe('account.sudo-required');
  });

  it('no factor is asked for where none is required', () => {
    const facts = { ...account({ secondFactor: false }), project: { requiresSecondFactor: false } };
    expect(every.filter((action) => refusalFor(action, facts) !== null)).toEqual([]);
  });
});

describe('whether a person may make a token', () => {
  it.each([
    [false, false, false, 'account.email-unverified'],
    [false, true, true, 'account.email-unverified'],
    [true, false, false, 'account.second-factor-required'],
    [true, false, true, 'account.second-factor-required'],
    [true, true, false, 'account.sudo-required'],
    [true, true, true, null],
  ])('address %s, factor %s, proven lately %s: %s', (emailVerified, secondFactor, sudoByFactor, refusal) => {
    expect(refusalToMint({ emailVerified, secondFactor, sudoByFactor })).toBe(refusal);
  });
});

describe('whether somebody who was invited may join', () => {
  it.each([
    [false, true, true, true, 'account.email-unverified'],
    [true, false, true, true, 'account.second-factor-required'],
    [true, false, false, true, null],
    [true, false, false, false, 'account.sudo-required'],
    [true, true, true, false, 'account.sudo-required'],
    [true, true, true, true, null],
  ])('address %s, factor %s, required %s, proven lately %s: %s', (...row) => {
    const [emailVerified, secondFactor, requiresSecondFactor, sudo, refusal] = row;
    expect(refusalToJoin({ emailVerified, secondFactor, requiresSecondFactor, sudo })).toBe(refusal);
  });
});
