import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { AuthorizationFacts, CaveatFailure, ProjectRole } from './decide.ts';

const request = { verb: 'add', project: 'six' as ProjectName } as const;
const everyCaveat = [
  'token.expired',
  'token.not-yet-valid',
  'token.wrong-project',
  'token.wrong-user',
  'token.wrong-publisher',
  'token.wrong-version',
  'token.wrong-file',
  'token.used',
  'token.needs-second-factor',
  'token.unknown-caveat',
] as const satisfies readonly CaveatFailure[];
type Row = readonly [
  revoked: boolean,
  disabled: boolean,
  failedCaveat: CaveatFailure | null,
  project: 'none' | 'stranger' | ProjectRole,
  verdict: string,
];

function factsOf([revoked, disabled, failedCaveat, project]: Row): AuthorizationFacts {
  const role = project === 'owner' || project === 'maintainer' ? project : null;
  return {
    account: { username: 'alice', disabled, secondFactor: false },
    token: { revoked, failedCaveat },
    project: project === 'none' ? null : { role, requiresSecondFactor: false, trustsPublisher: false },
  };
}

function publisherFacts(
  revoked: boolean,
  failedCaveat: CaveatFailure | null,
  project: 'none' | 'trusts' | 'does not',
  role: ProjectRole | null = null,
): AuthorizationFacts {
  return {
    account: null,
    token: { revoked, failedCaveat },
    project:
      project === 'none' ? null : { role, requiresSecondFactor: true, trustsPublisher: project === 'trusts' },
  };
}

describe('decide', () => {
  // prettier-ignore
  const table: readonly Row[] = [
    // revoked, disabled, caveat,               project,      verdict
    [false, false, null,                   'owner',      'allowed'],
    [false, false, null,                   'maintainer', 'allowed'],
    [false, false, null,                   'none',       'creates'],
    [false, false, null,                   'stranger',   'authorization.not-a-maintainer'],
    [true,  false, null,                   'owner',      'token.revoked'],
    [true,  true,  'token.expired',        'stranger',   'token.revoked'],
    [true,  false, null,                   'none',       'token.revoked'],
    [false, true,  null,                   'owner',      'account.disabled'],
    [false, true,  'token.expired',        'stranger',   'account.disabled'],
    [false, true,  null,                   'none',       'account.disabled'],
    [false, false, 'token.expired',        'owner',      'token.expired'],
    [false, false, 'token.not-yet-valid',  'owner',      'token.not-yet-valid'],
    [false, false, 'token.wrong-user',     'owner',      'token.wrong-user'],
    [false, false, 'token.wrong-project',  'owner',      'token.wrong-project'],
    [false, false, 'token.wrong-project',  'none',       'token.wrong-project'],
    [false, false, 'token.wrong-version',  'owner',      'token.wrong-version'],
    [false, false, 'token.wrong-version',  'none',       'token.wrong-version'],
    [false, false, 'token.wrong-version',  'stranger',   'token.wrong-version'],
    [false, false, 'token.wrong-file',     'maintainer', 'token.wrong-file'],
    [false, false, 'token.wrong-file',     'none',       'token.wrong-file'],
    [false, false, 'token.used',           'owner',      'token.used'],
    [false, false, 'token.used',           'none',       'token.used'],
    [true,  false, 'token.used',           'owner',      'token.revoked'],
    [false, true,  'token.used',           'owner',      'account.disabled'],
    [false, false, 'token.needs-second-factor', 'owner', 'token.needs-second-factor'],
    [false, false, 'token.needs-second-factor', 'none',  'token.needs-second-factor'],
    [false, false, 'token.unknown-caveat', 'owner',      'token.unknown-caveat'],
    [false, false, 'token.unknown-caveat', 'none',       'token.unknown-caveat'],
    [false, false, 'token.wrong-project',  'stranger',   'token.wrong-project'],
  ];

  it.each(table)('revoked %s, disabled %s, caveat %s, project %s → %s', (...row) => {
    const decision = decide(request, factsOf(row));
    const verdict = decision.allowed ? (decision.createsProject ? 'creates' : 'allowed') : decision.code;
    expect(verdict).toBe(row[4]);
  });

  it('allows nothing unless token, account and caveats are all good', () => {
    for (const revoked of [true, false]) {
      for (const disabled of [true, false]) {
        for (const caveat of [...everyCaveat, null]) {
          for (const project of ['none', 'stranger', 'owner', 'maintainer'] as const) {
            const { allowed } = decide(request, factsOf([revoked, disabled, caveat, project, '']));
            expect(allowed).toBe(!revoked && !disabled && caveat === null && project !== 'stranger');
          }
        }
      }
    }
  });

  it.each([
    [true, false, 'owner', 'account.second-factor-required'],
    [true, false, 'maintainer', 'account.second-factor-required'],
    [true, false, 'stranger', 'authorization.not-a-maintainer'],
    [true, true, 'owner', 'allowed'],
    [true, true, 'maintainer', 'allowed'],
    [true, true, 'stranger', 'authorization.not-a-maintainer'],
    [false, false, 'maintainer', 'allowed'],
  ] as const)('required %s, has a factor %s, %s: %s', (requiresSecondFactor, secondFactor, who, verdict) => {
    const role = who === 'stranger' ? null : who;
    const decision = decide(request, {
      account: { username: 'alice', disabled: false, secondFactor },
      token: { revoked: false, failedCaveat: null },
      project: { role, requiresSecondFactor, trustsPublisher: false },
    });
    expect(decision.allowed ? 'allowed' : decision.code).toBe(verdict);
  });

  // prettier-ignore
  const publisherTable: readonly (readonly [boolean, CaveatFailure | null, 'none' | 'trusts' | 'does not', string])[] = [
    // revoked, caveat,                 project,    verdict
    [false, null,                    'trusts',   'allowed'],
    [false, null,                    'does not', 'publisher.removed'],
    [false, null,                    'none',     'token.wrong-project'],
    [true,  null,                    'trusts',   'token.revoked'],
    [true,  'token.expired',         'none',     'token.revoked'],
    [false, 'token.expired',         'trusts',   'token.expired'],
    [false, 'token.expired',         'does not', 'token.expired'],
    [false, 'token.wrong-project',   'trusts',   'token.wrong-project'],
    [false, 'token.wrong-publisher', 'trusts',   'token.wrong-publisher'],
    [false, 'token.wrong-user',      'trusts',   'token.wrong-user'],
    [false, 'token.used',            'none',     'token.used'],
  ];

  it.each(publisherTable)(
    'a publisher’s token, revoked %s, caveat %s, the project %s: %s',
    (revoked, failedCaveat, project, verdict) => {
      const decision = decide(request, publisherFacts(revoked, failedCaveat, project));
      expect(decision.allowed ? (decision.createsProject ? 'creates' : 'allowed') : decision.code).toBe(
        verdict,
      );
    },
  );

  it('a publisher may upload to a project that trusts it, and nothing else; roles are nothing to it', () => {
    for (const revoked of [true, false]) {
      for (const caveat of [...everyCaveat, null]) {
        for (const project of ['none', 'trusts', 'does not'] as const) {
          const decision = decide(request, publisherFacts(revoked, caveat, project, 'owner'));
          expect(decision).toMatchObject({ allowed: !revoked && caveat === null && project === 'trusts' });
          expect(decision).not.toMatchObject({ createsProject: true });
        }
      }
    }
  });

  it('names the account or the token as PyPI does', () => {
    const stranger = decide(request, factsOf([false, false, null, 'stranger', '']));
    expect(stranger).toMatchObject({
      text: expect.stringContaining("The user 'alice' isn't allowed to upload to project 'six'."),
    });
    const foreign = decide(request, factsOf([false, false, 'token.wrong-project', 'owner', '']));
    expect(foreign).toMatchObject({
      text: expect.stringContaining("The given token isn't allowed to upload to project 'six'."),
    });
  });

  it.each(everyCaveat.filter((code) => code !== 'token.wrong-project'))(
    'begins its answer to %s as PyPI does',
    (code) => {
      const decision = decide(request, factsOf([false, false, code, 'owner', '']));
      expect(decision).toMatchObject({
        text: expect.stringMatching(
          /^Invalid or non-existent authentication information[.:] .*#invalid-auth/,
        ),
      });
    },
  );
});
