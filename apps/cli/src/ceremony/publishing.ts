import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes, isRindError, monotonicMs } from '@rind/kernel';
import { parseRoot, parseTargets } from '@rind/metadata';
import type { Metadata, Root, Targets } from '@rind/metadata';
import {
  CeremonyError,
  checkPlan,
  lintDelegation,
  lintSuccession,
  maxRootBytes,
  maxTargetsBytes,
  metadataKey,
  missingOf,
  progressOf,
  stagedRootKey,
} from '@rind/repository';
import type { OfflineRole } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { CliError } from '../errors.ts';
import type { MetadataLocation } from './metadata-location.ts';
import { readPublished } from './published.ts';
import type { Published } from './published.ts';

/** A signed file that is to be published. */
export interface SignedFile {
  readonly role: OfflineRole;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly metadata: Metadata<Root> | Metadata<Targets>;
}

export function readSignedFile(role: OfflineRole, bytes: Uint8Array): SignedFile {
  const metadata = role === 'root' ? parseRoot(bytes) : parseTargets(bytes);
  return { role, version: metadata.signed.version, bytes, metadata };
}

export interface PublishTerms {
  readonly location: MetadataLocation;
  readonly store: ObjectStore;
  readonly nowMs: number;
  /** Lets a root in that the served online metadata is not signed for yet: the signer signs with the new keys first. */
  readonly emergency: boolean;
}

/**
 * Hands a signed file over to the signer, after the checks that every client and the signer will make. A second call
 * does no harm. Answers false when it was in effect already.
 * @throws CeremonyError `ceremony.incomplete`, `ceremony.refused`, `ceremony.bad-plan`, `ceremony.untrusted`
 */
export async function handOver(file: SignedFile, terms: PublishTerms): Promise<boolean> {
  const { location, store } = terms;
  const published = await readPublished(location);
  if (await isPublished(file, published, location)) return false;
  requirePublishable(file, published, terms);
  if (file.role === 'root') {
    await stageRoot(store, file);
    return true;
  }
  const key = metadataKey(file.role, file.version);
  await store.putNew(key, file.bytes);
  await store.sync([key]);
  return true;
}

/** Lays a signed root where the signer finds it, in place of one that was refused. */
export async function stageRoot(store: ObjectStore, { version, bytes }: SignedFile): Promise<void> {
  const key = stagedRootKey(version);
  await discardOther(store, key, bytes);
  await store.putNew(key, bytes);
  await store.sync([key]);
}

/** Until clients get it and the signer works by it. */
export async function awaitEffect(
  file: SignedFile,
  location: MetadataLocation,
  adopted: () => Promise<number | null>,
  timeoutMs: number,
): Promise<void> {
  const { role, version } = file;
  const until = monotonicMs() + timeoutMs;
  while (!(await isInEffect(file, location, adopted))) {
    if (monotonicMs() > until) {
      throw new CliError(
        'ceremony.not-in-effect',
        `${role} ${version} was handed over; the signer has not put it into effect: see rind audit --event ceremony.refused`,
        { role, version, waitedMs: timeoutMs },
      );
    }
    await sleep(200);
  }
}

async function isInEffect(
  file: SignedFile,
  location: MetadataLocation,
  adopted: () => Promise<number | null>,
): Promise<boolean> {
  try {
    const published = await readPublished(location);
    if (!(await isPublished(file, published, location))) return false;
  } catch (error) {
    // Read in the middle of a publication, or across a root that came meanwhile.
    if (isRindError(error, 'ceremony.untrusted')) return false;
    throw error;
  }
  return ((await adopted()) ?? file.version) >= file.version;
}

/** True when this very file is in force, or was and has been followed. */
async function isPublished(
  { role, version, bytes }: SignedFile,
  published: Published,
  location: MetadataLocation,
): Promise<boolean> {
  if (published.versionOf(role) < version) return false;
  const there = await location.read(`${version}.${role}.json`, maxTargetsBytes);
  if (there !== null && equalBytes(there, bytes)) return true;
  throw new CeremonyError(
    'ceremony.bad-plan',
    `${role} ${version} is published already, with other content`,
    {
      problem: 'version',
    },
  );
}

function requirePublishable(
  file: SignedFile,
  published: Published,
  { nowMs, emergency }: PublishTerms,
): void {
  const { role, version, metadata } = file;
  const plan = { role, files: published.filesFor(role), signed: metadata.signed.raw, joining: [] };
  const missing = missingOf(progressOf(checkPlan(plan, nowMs), metadata.signatures));
  if (missing > 0) {
    throw new CeremonyError('ceremony.incomplete', `${missing} more signatures are needed`, {
      role,
      version,
      missing,
    });
  }
  const findings = successionOf(file, published).filter(
    ({ code }) => !(emergency && code === 'lint.online-orphaned'),
  );
  if (findings.length === 0) return;
  const text = findings.map(({ message }) => message).join('; ');
  throw new CeremonyError('ceremony.refused', text, {
    role,
    version,
    findings: findings.map(({ code }) => code),
  });
}

function successionOf({ role, bytes }: SignedFile, published: Published) {
  if (role === 'root') return lintSuccession(parseRoot(bytes), published.served);
  if (role === 'targets')
    return lintDelegation(parseTargets(bytes), parseTargets(published.filesFor('bins').bins!));
  return [];
}

/** A root that was handed over and refused by the signer stands in the way of the next one. */
async function discardOther(store: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  const there = await store.get(key, maxRootBytes);
  if (there !== null && !equalBytes(there.bytes, bytes)) await store.delete(key);
}
