import type { JsonObject } from '@rind/kernel';
import { parseRoot, parseTargets } from '@rind/metadata';
import { testKey } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { dayMs, detached, keys, nowMs, plan, published, signed } from '../../test/ceremony-scene.ts';
import { assemble } from './assembly.ts';
import { describeDifference, differenceOf, isRenewal } from './difference.ts';
import { parseDetached, parsePlan, parsePublicKey, serializeDetached, serializePlan } from './plan-file.ts';
import { checkPlan } from './plan.ts';
import { binRoleName } from './offline-role.ts';

const fresh = testKey('fresh');
const coded = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const refused = (...findings: string[]) => coded('ceremony.refused', { findings });

describe('a yearly ceremony', () => {
  it.each(['root', 'targets', 'bins'] as const)('of %s changes version and expiry alone', (role) => {
    const checked = plan({ role });
    const difference = differenceOf(checked);
    expect(isRenewal(difference)).toBe(true);
    expect(difference).toMatchObject({
      role,
      version: { from: 1, to: 2 },
      expires: { from: '2030-07-01T00:00:00Z', to: '2031-06-01T00:00:00Z' },
      others: [],
    });
  });

  it('keeps fields that it does not know', () => {
    const raw = { ...parseRoot(published.root).signed.raw, 'x-note': 'kept' } as JsonObject;
    const root = signed(raw, keys.root);
    expect(plan({ role: 'root', files: { roots: [root] } }).document.raw['x-note']).toBe('kept');
  });
});

describe('the difference', () => {
  it('tells keys and thresholds that change', () => {
    const checked = plan({
      role: 'root',
      changes: [
        { kind: 'add-key', role: 'timestamp', key: fresh.key },
        { kind: 'remove-key', role: 'root', keyId: keys.root[0]!.id },
        { kind: 'threshold', role: 'targets', threshold: 1 },
      ],
    });
    const difference = differenceOf(checked);
    expect(isRenewal(difference)).toBe(false);
    expect(difference.roles).toEqual([
      expect.objectContaining({ name: 'root', removed: [keys.root[0]!.id], added: [] }),
      expect.objectContaining({ name: 'timestamp', added: [fresh.id], kept: [keys.online.id] }),
      expect.objectContaining({ name: 'snapshot', added: [], removed: [] }),
      expect.objectContaining({ name: 'targets', threshold: { from: 2, to: 1 } }),
    ]);
    expect(describeDifference(difference).join('\n')).toContain(fresh.id);
  });

  it('tells what no option changes: a plan may come from anybody', () => {
    const honest = plan({ role: 'targets' }).plan;
    const delegations = honest.signed['delegations'] as JsonObject;
    const [bins] = delegations['roles'] as readonly JsonObject[];
    const roles = [{ ...bins, paths: ['packages/*/*'] }];
    const checked = checkPlan(
      { ...honest, signed: { ...honest.signed, delegations: { ...delegations, roles }, 'x-more': 1 } },
      nowMs,
    );
    const difference = differenceOf(checked);
    expect(difference.others.toSorted()).toEqual(['delegations.roles[0].paths', 'x-more']);
    expect(isRenewal(difference)).toBe(false);
  });
});

describe('a change of bin keys', () => {
  it.each(['bins', 'explicitBins'] as const)('is made for every bin alike in %s', (encoding) => {
    const files = { roots: [published.root], targets: published.targets, bins: published[encoding] };
    const checked = plan({
      role: 'bins',
      files,
      changes: [{ kind: 'add-key', role: binRoleName, key: fresh.key }],
    });
    const { file, complete } = assemble(
      checked,
      keys.bins.map((key) => detached(checked, key)),
    );
    expect(complete).toBe(true);
    const { delegations } = parseTargets(file).signed;
    const roles = delegations?.kind === 'succinct' ? [delegations.succinct] : (delegations?.roles ?? []);
    expect(roles).toHaveLength(encoding === 'bins' ? 1 : 8);
    for (const { keyIds } of roles) expect(keyIds).toEqual([keys.bin.id, fresh.id]);
    expect(differenceOf(checked).others).toEqual([]);
  });
});

describe('a plan is refused', () => {
  it.each([
    ['that removes a key nobody has', { kind: 'remove-key', role: 'root', keyId: fresh.id }],
    ['that adds a key twice', { kind: 'add-key', role: 'root', key: keys.root[0]!.key }],
    ['for a role that root does not appoint', { kind: 'threshold', role: 'bins', threshold: 1 }],
  ] as const)('%s', (_what, change) => {
    expect(() => plan({ role: 'root', changes: [change] })).toThrow(
      coded('ceremony.bad-change', { change: change.kind, role: change.role }),
    );
  });

  it('that nobody could ever sign', () => {
    const unreachable = { kind: 'threshold', role: 'root', threshold: 4 } as const;
    expect(() => plan({ role: 'root', changes: [unreachable] })).toThrow(refused('lint.threshold'));
  });

  it('that wants two signatures of a signer that has one key', () => {
    const changes = [
      { kind: 'add-key', role: 'timestamp', key: fresh.key },
      { kind: 'threshold', role: 'timestamp', threshold: 2 },
    ] as const;
    expect(() => plan({ role: 'root', changes })).toThrow(refused('lint.online-threshold'));
  });

  it('that has expired already', () => {
    expect(() => plan({ role: 'targets', expiresMs: nowMs })).toThrow(refused('lint.expired'));
  });

  it('with a key that nobody can verify', () => {
    const key = { keytype: 'future', scheme: 'future', keyval: { public: '00' } };
    expect(() => plan({ role: 'root', changes: [{ kind: 'add-key', role: 'root', key }] })).toThrow(
      refused('lint.key-unsupported'),
    );
  });

  const tampered = (role: 'root' | 'targets' | 'bins', edit: (raw: JsonObject) => JsonObject) => {
    const honest = plan({ role }).plan;
    return () => checkPlan({ ...honest, signed: edit(honest.signed) }, nowMs);
  };

  it.each([1, 3])('whose root has version %i after 1', (version) => {
    expect(tampered('root', (raw) => ({ ...raw, version }))).toThrow(
      coded('ceremony.bad-plan', { problem: 'version' }),
    );
  });

  it('whose targets goes back, but not one that leaves out a burned number', () => {
    expect(tampered('targets', (raw) => ({ ...raw, version: 1 }))).toThrow(coded('ceremony.bad-plan'));
    expect(plan({ role: 'targets', version: 4 }).version).toBe(4);
  });

  it('that turns consistent snapshots off', () => {
    expect(tampered('root', (raw) => ({ ...raw, consistent_snapshot: false }))).toThrow(
      refused('lint.consistent-snapshot'),
    );
  });

  it('that lists a key under another id', () => {
    expect(
      tampered('root', (raw) => {
        const listed = raw['keys'] as JsonObject;
        return { ...raw, keys: { ...listed, [keys.online.id]: fresh.key as unknown as JsonObject } };
      }),
    ).toThrow(refused('lint.key-id'));
  });

  it('that lists targets outside the bins', () => {
    expect(
      tampered('targets', (raw) => ({
        ...raw,
        targets: { 'packages/a/b': { hashes: { sha256: '00' }, length: 1 } },
      })),
    ).toThrow(refused('lint.targets-listed'));
  });

  it('that delegates no bins any more', () => {
    expect(tampered('targets', (raw) => ({ ...raw, delegations: { keys: {}, roles: [] } }))).toThrow(
      refused('lint.delegation'),
    );
  });

  it('that changes the number of bins', () => {
    expect(
      tampered('bins', (raw) => {
        const delegations = raw['delegations'] as JsonObject;
        const succinct = { ...(delegations['succinct_roles'] as JsonObject), bit_length: 4 };
        return { ...raw, delegations: { ...delegations, succinct_roles: succinct } };
      }),
    ).toThrow(refused('lint.bins-changed'));
  });

  it('that rests on metadata which its delegator does not vouch for', () => {
    const raw = parseTargets(published.targets).signed.raw;
    const forged = signed(raw, [keys.targets[0]!, fresh]);
    expect(() => plan({ role: 'targets', files: { roots: [published.root], targets: forged } })).toThrow(
      coded('ceremony.untrusted', { role: 'targets' }),
    );
  });

  it('whose roots begin elsewhere than with the one that the holder kept', () => {
    const { plan: honest } = plan({ role: 'root' });
    const raw = { ...parseRoot(published.root).signed.raw, expires: '2032-01-01T00:00:00Z' } as JsonObject;
    const kept = signed(raw, keys.root);
    expect(() => checkPlan(honest, nowMs, kept)).toThrow(coded('ceremony.untrusted', { role: 'root' }));
    expect(checkPlan(honest, nowMs, published.root).version).toBe(2);
  });

  it('whose chain of roots is not signed by both sides of every step', () => {
    const checked = plan({ role: 'root' });
    const alone = signed(checked.plan.signed, [keys.root[0]!, fresh]);
    expect(() => plan({ role: 'root', files: { roots: [published.root, alone] } })).toThrow(
      coded('ceremony.untrusted', { role: 'root', version: 2 }),
    );
    const both = signed(checked.plan.signed, keys.root);
    expect(plan({ role: 'root', files: { roots: [published.root, both] } }).version).toBe(3);
  });
});

describe('the files that travel', () => {
  it('bring a plan over whole', () => {
    const checked = plan({ role: 'bins', joining: [fresh.key] });
    const read = checkPlan(parsePlan(serializePlan(checked.plan)), nowMs + dayMs);
    expect(read.digest).toBe(checked.digest);
    expect(read.plan.joining).toEqual([fresh.key]);
  });

  it('bring a signature over whole', () => {
    const checked = plan({ role: 'root' });
    const signature = detached(checked, keys.root[0]!);
    expect(parseDetached(serializeDetached(checked, signature))).toEqual(signature);
  });

  it.each([['{}'], ['[]'], ['nothing'], ['{"format":"rind-ceremony-plan/1","role":"snapshot"}']])(
    'are refused when they are something else: %s',
    (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(() => parsePlan(bytes)).toThrow(coded('ceremony.bad-plan'));
      expect(() => parseDetached(bytes)).toThrow(coded('ceremony.bad-signature-file'));
      expect(parsePublicKey(bytes)).toBeNull();
    },
  );
});
