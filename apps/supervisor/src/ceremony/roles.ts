import type { PublicKey } from '@rind/crypto';
import { keyIdOf } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { explicitBins, keyMap, rootSigned, targetsSigned } from '@rind/metadata';
import type { Delegations, RoleKeys } from '@rind/metadata';
import { binPrefix, bitLengthOf } from '@rind/repository';
import type { InstanceSettings } from '../instance/settings.ts';

/** Who holds what after the development ceremony: root 2-of-3, targets 2-of-2, bins 2-of-2, online keys 1-of-1. */
export interface CeremonyKeys {
  readonly root: readonly PublicKey[];
  readonly targets: readonly PublicKey[];
  readonly bins: readonly PublicKey[];
  /** Snapshot and timestamp. */
  readonly online: PublicKey;
  readonly bin: PublicKey;
}

const day = 86_400_000;
export const offlineLifetimeMs = 365 * day;
export const onlineLifetimeMs = day;

export function rootDocument(keys: CeremonyKeys, nowMs: number): JsonObject {
  return rootSigned({
    version: 1,
    expires: toTufDate(nowMs + offlineLifetimeMs),
    consistentSnapshot: true,
    keys: keyMap(...keys.root, ...keys.targets, keys.online),
    roles: {
      root: role(keys.root, 2),
      targets: role(keys.targets, 2),
      snapshot: role([keys.online], 1),
      timestamp: role([keys.online], 1),
    },
  });
}

/** `targets` holds nothing itself: it delegates everything to `bins` (PEP 458, minimum model). */
export function targetsDocument(keys: CeremonyKeys, nowMs: number): JsonObject {
  return targetsSigned({
    version: 1,
    expires: toTufDate(nowMs + offlineLifetimeMs),
    targets: new Map(),
    delegations: {
      keys: keyMap(...keys.bins),
      kind: 'roles',
      roles: [
        {
          name: 'bins',
          ...role(keys.bins, 2),
          terminating: true,
          paths: ['packages/*/*', 'simple/*/index.json'],
        },
      ],
    },
  });
}

export function binsDocument(keys: CeremonyKeys, settings: InstanceSettings, nowMs: number): JsonObject {
  const succinct = { ...role([keys.bin], 1), bitLength: bitLengthOf(settings.bins), namePrefix: binPrefix };
  const delegations: Delegations =
    settings.binEncoding === 'succinct'
      ? { keys: keyMap(keys.bin), kind: 'succinct', succinct }
      : { keys: keyMap(keys.bin), kind: 'roles', roles: explicitBins(succinct) };
  return targetsSigned({
    version: 1,
    expires: toTufDate(nowMs + offlineLifetimeMs),
    targets: new Map(),
    delegations,
  });
}

function role(keys: readonly PublicKey[], threshold: number): RoleKeys {
  return { keyIds: keys.map(keyIdOf), threshold };
}
