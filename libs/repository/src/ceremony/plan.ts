import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { specVersion } from '@rind/metadata';
import type { Root, Targets } from '@rind/metadata';
import { appointmentsOf, readDocument, withAppointments } from './appointments.ts';
import { changeAppointments } from './changes.ts';
import type { KeyChange } from './changes.ts';
import { CeremonyError } from './errors.ts';
import { predecessorOf, verifyFoundation } from './foundation.ts';
import type { Foundation, FoundationFiles } from './foundation.ts';
import { lintDocument } from './lint.ts';
import type { OfflineRole } from './offline-role.ts';

/** The unsigned next version of an offline role, with all that a holder needs to judge it without a network. */
export interface CeremonyPlan {
  readonly role: OfflineRole;
  readonly files: FoundationFiles;
  readonly signed: JsonObject;
  /** Keys that may sign as well though nobody counts them yet: a later root will. */
  readonly joining: readonly PublicKey[];
}

export interface PlanRequest {
  readonly role: OfflineRole;
  readonly files: FoundationFiles;
  readonly changes: readonly KeyChange[];
  readonly joining?: readonly PublicKey[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly expiresMs: number;
  /** For `targets` and `bins`, where a number in between is burned; one more than the present version otherwise. */
  readonly version?: number;
}

/** A plan whose every part was checked. */
export interface CheckedPlan {
  readonly role: OfflineRole;
  readonly version: number;
  readonly expiresMs: number;
  readonly plan: CeremonyPlan;
  readonly foundation: Foundation;
  readonly document: Root | Targets;
  /** What is signed. */
  readonly signedBytes: Uint8Array;
  /** Lower-case hex SHA-256 of `signedBytes`: what holders compare by telephone. */
  readonly digest: string;
}

/**
 * The next version: the same content, one more version, a new expiry, and the changes asked for.
 * @throws CeremonyError `ceremony.untrusted`, `ceremony.bad-change`, `ceremony.refused`
 */
export function planCeremony(request: PlanRequest): CheckedPlan {
  const { role, files, changes, nowMs, expiresMs, joining = [] } = request;
  const foundation = verifyFoundation(files);
  const before = predecessorOf(role, foundation).signed;
  const appointments = changeAppointments(appointmentsOf(role, before), changes);
  const signed = {
    ...withAppointments(role, before.raw, appointments),
    spec_version: specVersion,
    version: request.version ?? before.version + 1,
    expires: toTufDate(expiresMs),
  };
  return checkPlan({ role, files, signed, joining }, nowMs);
}

/**
 * What everybody who gets a plan does first: nothing in it is believed.
 * @param trustedRoot a root that the reader kept from before
 * @throws CeremonyError `ceremony.untrusted`, `ceremony.bad-plan`, `ceremony.refused`
 */
export function checkPlan(plan: CeremonyPlan, nowMs: number, trustedRoot?: Uint8Array): CheckedPlan {
  const { role, files, signed } = plan;
  const foundation = verifyFoundation(files, trustedRoot);
  const before = predecessorOf(role, foundation).signed;
  const document = readDocument(role, signed);
  const { version, expiresMs } = document;
  if (role === 'root' ? version !== before.version + 1 : version <= before.version) {
    throw new CeremonyError('ceremony.bad-plan', `version ${version} does not follow ${before.version}`, {
      problem: 'version',
    });
  }
  const findings = lintDocument(role, before, document, nowMs);
  if (findings.length > 0) {
    const text = findings.map(({ message }) => message).join('; ');
    const codes = findings.map(({ code }) => code);
    throw new CeremonyError('ceremony.refused', text, { role, version, findings: codes });
  }
  const signedBytes = canonicalBytes(signed);
  const digest = hashHex('sha256', signedBytes);
  return { role, version, expiresMs, plan, foundation, document, signedBytes, digest };
}
