import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { IndexClient } from '@rind/client';
import { grantMessage, parseDistribution, serializeSignedGrant } from '@rind/index-model';
import type { Grant, GrantVerb } from '@rind/index-model';
import { systemClock, systemRandomness, uuidV4 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { openKeyFile } from '@rind/signers-file';
import { CliError } from '../errors.ts';
import { requestJson } from '../http.ts';
import type { LocalInstance } from '../instance.ts';
import type { Output } from '../output.ts';
import { parseRequirement, selectFiles } from '../requirement.ts';

export const operatorVerbs = ['yank', 'unyank', 'delete', 'restore', 'revoke', 'status'] as const;
export type OperatorVerb = (typeof operatorVerbs)[number];

export interface OperatorOptions {
  readonly reason?: string;
  /** For `status`: what the project becomes. */
  readonly to?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

const projectStatuses = ['active', 'archived', 'quarantined', 'deprecated'] as const;
const weekSeconds = 7 * 86_400;
const accepted = z.object({ id: z.string() });
const receipt = z.looseObject({ state: z.string(), code: z.string().nullable(), targetPath: z.string() });

/** Signs grants with the operator's own key and follows each until it is published or refused. */
export async function operate(
  instance: LocalInstance,
  client: IndexClient,
  verb: OperatorVerb,
  subject: string,
  options: OperatorOptions,
  output: Output,
): Promise<void> {
  const signer = await openKeyFile({
    path: options.keyFile ?? instance.operator.keyFile,
    passphrase: readFileSync(options.passphraseFile ?? instance.operator.passphraseFile, 'utf8').trim(),
  });
  const subjects =
    verb === 'status' ? [statusSubject(subject, options)] : await fileSubjects(client, verb, subject);
  const issuedMs = systemClock().nowMs();
  for (const [i, fields] of subjects.entries()) {
    const grant: Grant = {
      v: 1,
      repository: instance.repository,
      id: uuidV4(systemRandomness),
      seq: issuedMs * 1000 + i,
      verb: verb as GrantVerb,
      ...fields,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      actor: 'operator',
      how: 'operator-key',
      iat: Math.floor(issuedMs / 1000),
      exp: Math.floor(issuedMs / 1000) + weekSeconds,
    };
    const { keyid, sig } = await signer.sign(grantMessage(grant));
    await submit(instance, serializeSignedGrant({ grant, keyid, sig }), verb, output);
  }
}

type Subject = Pick<Grant, 'project'> & Partial<Pick<Grant, 'filename' | 'status'>>;

function statusSubject(subject: string, options: OperatorOptions): Subject {
  const status = projectStatuses.find((one) => one === options.to);
  if (status === undefined) {
    throw new CliError('usage.invalid', `--to must be one of ${projectStatuses.join(', ')}`, {
      argument: 'to',
    });
  }
  return { project: parseRequirement(subject).project, status };
}

/** A file name stands for itself; a project or release for its signed files. */
async function fileSubjects(client: IndexClient, verb: OperatorVerb, subject: string): Promise<Subject[]> {
  if (/\.(?:whl|tar\.gz|zip)$/.test(subject)) {
    return [{ project: parseDistribution(subject).project, filename: subject }];
  }
  if (verb === 'restore') {
    throw new CliError('usage.invalid', 'restore wants a file name: what is deleted is on no page', {
      argument: subject,
    });
  }
  const { project, version } = parseRequirement(subject);
  const page = await client.projectPage(project);
  const files = version === null ? page.files : selectFiles(page, version);
  if (files.length === 0)
    throw new CliError('file.not-found', `${project} has no signed files`, { file: subject });
  return files.map(({ filename }) => ({ project: project as ProjectName, filename }));
}

async function submit(
  instance: LocalInstance,
  grant: Uint8Array,
  verb: string,
  output: Output,
): Promise<void> {
  const { id } = accepted.parse(
    await requestJson(`${instance.url}/api/v1/grants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: grant.slice(),
    }),
  );
  const followed = await requestJson(`${instance.url}/api/v1/uploads/${id}?wait=60`);
  const { state, code, targetPath } = receipt.parse(followed);
  if (state === 'rejected') {
    throw new CliError(
      'network.failed',
      `the signer refused to ${verb} ${targetPath}: ${code ?? 'no reason'}`,
      {
        url: instance.url,
        status: null,
        code,
      },
    );
  }
  output.line(followed, `${verb} ${targetPath}: ${state}`);
}
