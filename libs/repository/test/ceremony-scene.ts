import { toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { explicitBins, keyMap, rootSigned, serializeMetadata, targetsSigned } from '@rind/metadata';
import { canonicalBytes } from '@rind/canonical-json';
import { testKey } from '@rind/testkit';
import type { TestKey } from '@rind/testkit';
import { planCeremony } from '../src/ceremony/plan.ts';
import type { CheckedPlan, PlanRequest } from '../src/ceremony/plan.ts';
import type { DetachedSignature } from '../src/ceremony/assembly.ts';

export const nowMs = Date.parse('2030-06-01T00:00:00Z');
export const dayMs = 86_400_000;

/** root 2 of 3, targets 2 of 2, bins 2 of 2, one online key, one key for all bins. */
export const keys = {
  root: ['r1', 'r2', 'r3'].map(testKey),
  targets: ['t1', 't2'].map(testKey),
  bins: ['b1', 'b2'].map(testKey),
  online: testKey('online'),
  bin: testKey('bin'),
};

const ids = (of: readonly TestKey[]) => of.map(({ id }) => id);
const expires = toTufDate(nowMs + 30 * dayMs);

export function signed(document: JsonObject, signers: readonly TestKey[]): Uint8Array {
  return serializeMetadata(
    document,
    signers.map((key) => key.sign(canonicalBytes(document))),
  );
}

const root = rootSigned({
  version: 1,
  expires,
  consistentSnapshot: true,
  keys: keyMap(...[...keys.root, ...keys.targets, keys.online].map(({ key }) => key)),
  roles: {
    root: { keyIds: ids(keys.root), threshold: 2 },
    targets: { keyIds: ids(keys.targets), threshold: 2 },
    snapshot: { keyIds: [keys.online.id], threshold: 1 },
    timestamp: { keyIds: [keys.online.id], threshold: 1 },
  },
});

const targets = targetsSigned({
  version: 1,
  expires,
  targets: new Map(),
  delegations: {
    kind: 'roles',
    keys: keyMap(...keys.bins.map(({ key }) => key)),
    roles: [
      {
        name: 'bins',
        keyIds: ids(keys.bins),
        threshold: 2,
        terminating: true,
        paths: ['packages/*/*', 'simple/*/index.json'],
      },
    ],
  },
});

function binsDocument(encoding: 'succinct' | 'explicit'): JsonObject {
  const succinct = { keyIds: [keys.bin.id], threshold: 1, bitLength: 3, namePrefix: 'bin' };
  const map = keyMap(keys.bin.key);
  return targetsSigned({
    version: 1,
    expires,
    targets: new Map(),
    delegations:
      encoding === 'succinct'
        ? { kind: 'succinct', keys: map, succinct }
        : { kind: 'roles', keys: map, roles: explicitBins(succinct) },
  });
}

/** A repository as it is after its first ceremony. */
export const published = {
  root: signed(root, keys.root.slice(0, 2)),
  targets: signed(targets, keys.targets),
  bins: signed(binsDocument('succinct'), keys.bins),
  explicitBins: signed(binsDocument('explicit'), keys.bins),
};

export function plan(request: Partial<PlanRequest> & Pick<PlanRequest, 'role'>): CheckedPlan {
  const files = {
    roots: [published.root],
    ...(request.role === 'root' ? {} : { targets: published.targets }),
    ...(request.role === 'bins' ? { bins: published.bins } : {}),
  };
  return planCeremony({ files, changes: [], nowMs, expiresMs: nowMs + 365 * dayMs, ...request });
}

/** What this holder hands in for a plan. */
export function detached(checked: CheckedPlan, key: TestKey): DetachedSignature {
  return { ...key.sign(checked.signedBytes), digest: checked.digest };
}
