import type { JsonObject, JsonValue, KeyId } from '@rind/kernel';
import { canonicalBytes } from '@rind/canonical-json';
import { equalBytes } from '@rind/kernel';
import { appointmentsOf, withAppointments } from './appointments.ts';
import type { Appointments } from './appointments.ts';
import { predecessorOf } from './foundation.ts';
import type { OfflineRole } from './offline-role.ts';
import type { CheckedPlan } from './plan.ts';

/** What a holder signs, compared with what is published. */
export interface Difference {
  readonly role: OfflineRole;
  readonly version: { readonly from: number; readonly to: number };
  readonly expires: { readonly from: string; readonly to: string };
  readonly roles: readonly RoleDifference[];
  /** Paths of whatever else differs, e.g. `consistent_snapshot`; nothing in a usual ceremony. */
  readonly others: readonly string[];
}

/** Who may sign for one of the roles that the document appoints. */
export interface RoleDifference {
  readonly name: string;
  readonly threshold: { readonly from: number; readonly to: number };
  readonly added: readonly KeyId[];
  readonly removed: readonly KeyId[];
  readonly kept: readonly KeyId[];
}

/** Most paths that are told apart. */
const maxOthers = 50;

export function differenceOf({ role, foundation, document }: CheckedPlan): Difference {
  const before = predecessorOf(role, foundation).signed;
  const [old, next] = [appointmentsOf(role, before), appointmentsOf(role, document)];
  const others: string[] = [];
  compare(
    withoutAppointments(role, before.raw, old),
    withoutAppointments(role, document.raw, next),
    '',
    others,
  );
  return {
    role,
    version: { from: before.version, to: document.version },
    expires: { from: before.expires, to: document.expires },
    roles: compareRoles(old, next),
    others: others.slice(0, maxOthers),
  };
}

/** True when nothing but version and expiry differs: the yearly ceremony. */
export function isRenewal({ roles, others }: Difference): boolean {
  return (
    others.length === 0 &&
    roles.every(
      ({ added, removed, threshold }) =>
        added.length === 0 && removed.length === 0 && threshold.from === threshold.to,
    )
  );
}

/** Lines for people; `keyIds` in full, since that is what they compare with their own papers. */
export function describeDifference(difference: Difference): string[] {
  const { role, version, expires, roles, others } = difference;
  const lines = [
    `${role} ${version.from} → ${version.to}`,
    `  expires    ${expires.from} → ${expires.to}`,
    ...(isRenewal(difference) ? ['  nothing else changes'] : []),
  ];
  for (const { name, threshold, added, removed, kept } of roles) {
    const count = kept.length + added.length;
    const was = threshold.from === threshold.to ? '' : ` (was ${threshold.from})`;
    lines.push(`  ${name}: ${threshold.to}${was} of ${count} keys`);
    lines.push(...kept.map((id) => `    = ${id}`));
    lines.push(...added.map((id) => `    + ${id}  ADDED`));
    lines.push(...removed.map((id) => `    - ${id}  REMOVED`));
  }
  if (others.length > 0) lines.push('  and also:', ...others.map((path) => `    ! ${path}`));
  return lines;
}

function compareRoles(old: Appointments, next: Appointments): RoleDifference[] {
  const none = { keyIds: [], threshold: 0 };
  const names = [...new Set([...old.roles.keys(), ...next.roles.keys()])];
  return names.map((name) => {
    const from = old.roles.get(name) ?? none;
    const to = next.roles.get(name) ?? none;
    return {
      name,
      threshold: { from: from.threshold, to: to.threshold },
      added: to.keyIds.filter((id) => !from.keyIds.includes(id)),
      removed: from.keyIds.filter((id) => !to.keyIds.includes(id)),
      kept: to.keyIds.filter((id) => from.keyIds.includes(id)),
    };
  });
}

/** The document without version, expiry, keys and who signs: those are told in words. */
function withoutAppointments(role: OfflineRole, raw: JsonObject, { roles }: Appointments): JsonObject {
  const nobody = new Map([...roles.keys()].map((name) => [name, { keyIds: [], threshold: 0 }]));
  const silent = withAppointments(role, raw, { keys: new Map(), roles: nobody });
  return { ...silent, version: 0, expires: '' };
}

function compare(
  from: JsonValue | undefined,
  to: JsonValue | undefined,
  path: string,
  found: string[],
): void {
  if (found.length >= maxOthers) return;
  if (isObject(from) && isObject(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
      compare(from[name], to[name], path === '' ? name : `${path}.${name}`, found);
    }
    return;
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    from.forEach((each, i) => compare(each as JsonValue, to[i] as JsonValue, `${path}[${i}]`, found));
    return;
  }
  if (!same(from, to)) found.push(path);
}

function same(from: JsonValue | undefined, to: JsonValue | undefined): boolean {
  if (from === undefined || to === undefined) return from === to;
  return equalBytes(canonicalBytes(from), canonicalBytes(to));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
