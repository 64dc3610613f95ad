import { keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import type { RoleKeys } from '@rind/metadata';
import type { Appointments } from './appointments.ts';
import { CeremonyError } from './errors.ts';

/** A change of who may sign for `role`, one of those that the document appoints. */
export type KeyChange =
  | { readonly kind: 'add-key'; readonly role: string; readonly key: PublicKey }
  | { readonly kind: 'remove-key'; readonly role: string; readonly keyId: string }
  | { readonly kind: 'threshold'; readonly role: string; readonly threshold: number };

/** Makes the changes in their order. A key that is added comes last: of its role's online keys, the last one signs. */
export function changeAppointments(from: Appointments, changes: readonly KeyChange[]): Appointments {
  const keys = new Map(from.keys);
  const roles = new Map(from.roles);
  for (const change of changes) {
    const role = roles.get(change.role);
    if (role === undefined) throw bad(change, 'no such role');
    if (change.kind === 'add-key') keys.set(keyIdOf(change.key), change.key);
    roles.set(change.role, changed(role, change));
  }
  return { keys, roles };
}

function changed({ keyIds, threshold }: RoleKeys, change: KeyChange): RoleKeys {
  switch (change.kind) {
    case 'add-key': {
      const keyId = keyIdOf(change.key);
      if (keyIds.includes(keyId)) throw bad(change, 'the key is there already');
      return { keyIds: [...keyIds, keyId], threshold };
    }
    case 'remove-key':
      if (!keyIds.includes(change.keyId as KeyId)) throw bad(change, 'no such key');
      return { keyIds: keyIds.filter((id) => id !== change.keyId), threshold };
    case 'threshold':
      return { keyIds, threshold: change.threshold };
  }
}

function bad({ kind, role }: KeyChange, problem: string): CeremonyError<'ceremony.bad-change'> {
  return new CeremonyError('ceremony.bad-change', `${kind} for ${role}: ${problem}`, {
    change: kind,
    role,
    problem,
  });
}
