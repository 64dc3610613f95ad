import { RindError } from '@rind/kernel';
import type { OfflineRole } from './offline-role.ts';

interface CeremonyErrors {
  /** Not a plan, or one whose parts do not belong together; `problem` is a field or the code of what is wrong with it. */
  'ceremony.bad-plan': { problem: string };
  /** Not a detached signature of a ceremony. */
  'ceremony.bad-signature-file': { problem: string };
  /** A change that cannot be made: no such role, no such key in it, a key that is there already. */
  'ceremony.bad-change': { change: string; role: string; problem: string };
  /** The document to be published would harm clients; `findings` are the codes of `lintDocument` and `lintSuccession`. */
  'ceremony.refused': { role: OfflineRole; version: number; findings: readonly string[] };
  /** The key is in neither the old nor the new role. */
  'ceremony.not-a-signer': { role: OfflineRole; version: number; keyId: string };
  /** Signatures are missing: `missing` more, by the keys that count. */
  'ceremony.incomplete': { role: OfflineRole; version: number; missing: number };
  /** Metadata that the plan rests on is missing, or is not vouched for by what comes before it. */
  'ceremony.untrusted': { role: string; version: number; problem: string };
}

export type CeremonyErrorCode = keyof CeremonyErrors;

/** Why a ceremony cannot go on. */
export class CeremonyError<Code extends CeremonyErrorCode = CeremonyErrorCode> extends RindError<
  Code,
  CeremonyErrors[Code]
> {}
