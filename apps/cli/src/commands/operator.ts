import { grantMessage, serializeSignedGrant } from '@rind/index-model';
import type { Grant, ProjectStatus } from '@rind/index-model';
import { openKeyFile } from '@rind/signers-file';
import { worstOf } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { follow, handIn } from '../grant-desk.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import { checkReason, operatorGrants } from '../operator-grants.ts';
import { subjectsOf } from '../operator-subjects.ts';
import type { OperatorVerb } from '../operator-subjects.ts';

export interface OperatorOptions {
  readonly reason?: string;
  /** For `status`: what the project becomes. */
  readonly to?: ProjectStatus;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

/**
 * Signs grants with the operator's own key and follows each until it is published or refused. Each is reported; the
 * gravest outcome of all is the answer.
 */
export async function operate(
  invocation: Invocation,
  verb: OperatorVerb,
  subject: string,
  options: OperatorOptions,
): Promise<ExitCode> {
  const { clock, output } = invocation;
  const reason = options.reason === undefined ? null : checkReason(options.reason);
  const instance = invocation.instance();
  const subjects = await subjectsOf(verb, subject, options.to, { instance, clock });
  const signer = await openKeyFile({
    path: options.keyFile ?? instance.operator.keyFile,
    passphrase: passphraseOf(options.passphraseFile ?? instance.operator.passphraseFile),
  });
  const outcomes: ExitCode[] = [];
  const reported = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      outcomes.push(output.fail(error));
    }
  };
  const handedIn: { grant: Grant; id: string }[] = [];
  const terms = { verb, repository: instance.repository, reason, nowMs: clock.nowMs() };
  for (const grant of operatorGrants(subjects, terms)) {
    await reported(async () => {
      const { keyid, sig } = await signer.sign(grantMessage(grant));
      const id = await handIn(instance.url, grant, serializeSignedGrant({ grant, keyid, sig }));
      handedIn.push({ grant, id });
    });
  }
  output.progress(`waiting for the signer to publish ${handedIn.length} of ${subjects.length}`);
  for (const { grant, id } of handedIn) {
    await reported(async () => {
      const { receipt, text } = await follow(instance.url, grant, id);
      output.result(receipt, text);
    });
  }
  return worstOf(outcomes);
}

function passphraseOf(path: string): string {
  return new TextDecoder().decode(readLocalFile(path)).trim();
}
