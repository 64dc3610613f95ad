import { isRindError } from '@rind/kernel';
import { outcomeOf } from '@rind/repository';
import type { PublicationCommand, PublicationOutcome } from '@rind/repository';

/** What an error that a step threw means for the publication. */
export function outcomeOfError(command: PublicationCommand, error: unknown): PublicationOutcome {
  return outcomeOf(command, isRindError(error) ? error.code : 'internal');
}
