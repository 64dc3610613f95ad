import { grantTargetPath } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import { z } from 'zod';
import { CliError } from './errors.ts';
import { readForm, requestForm, requestJson } from './http.ts';

const accepted = z.object({ id: z.string() });
const receipt = z.looseObject({
  state: z.string(),
  code: z.string().nullable(),
  targetPath: z.string(),
  snapshotVersion: z.number().nullable(),
});

export interface Published {
  /** The receipt as the index answered it. */
  readonly receipt: unknown;
  readonly text: string;
}

/**
 * Hands a signed grant in. Several handed in before the first is followed are published together.
 * @param bytes the signed grant, canonical
 * @returns id of the receipt
 * @throws CliError `grant.refused`, `network.failed`
 */
export async function handIn(apiUrl: string, grant: Grant, bytes: Uint8Array): Promise<string> {
  try {
    const { id } = await requestForm(`${apiUrl}/api/v1/grants`, accepted, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.rind.grant+json' },
      body: bytes.slice(),
    });
    return id;
  } catch (error) {
    const code = isRindError(error, 'network.failed')
      ? (error as CliError<'network.failed'>).details.code
      : null;
    if (code?.startsWith('grant.')) throw refused(grant, code, error);
    throw error;
  }
}

/**
 * Waits until what was handed in is published.
 * @throws CliError `grant.refused`, `target.not-yet` when the signer takes longer than a minute, `network.failed`
 */
export async function follow(apiUrl: string, grant: Grant, id: string): Promise<Published> {
  const url = `${apiUrl}/api/v1/uploads/${id}?wait=60`;
  const answer = await requestJson(url);
  const { state, code, targetPath: path, snapshotVersion } = readForm(url, receipt, answer);
  if (state === 'rejected') throw refused(grant, code ?? 'unknown');
  if (state !== 'verifiable') {
    const message = `the signer has not come to ${path} yet (${state}); the request stays in the queue`;
    throw new CliError('target.not-yet', message, { path, state });
  }
  return { receipt: answer, text: `✓ ${doneWords(grant)}, signed in snapshot ${snapshotVersion ?? '—'}` };
}

/** Why the index or its signer said no, in words; a reason without any stands for itself. */
const explanations: Readonly<Record<string, string>> = {
  'grant.replayed': 'something newer was applied already; the clock of this machine may be behind',
  'grant.expired':
    'the clocks of this machine and of the index are far apart, or the request waited for a week',
  'grant.unknown-key': 'the index does not trust this key',
  'grant.not-operator': 'this is not an operator’s key',
  'path.unknown': 'no such file was ever signed here',
  'path.deleted': 'it is deleted',
  'path.revoked': 'it is revoked',
  'project.unknown': 'no such project was ever signed here',
  'project.quarantined': 'the project is quarantined: only an operator ends that',
  'blob.missing': 'the store no longer has its content',
  'blob.mismatch': 'the store has other content than was signed',
};

function refused(grant: Grant, reason: string, cause?: unknown): CliError {
  const path = grantTargetPath(grant);
  const message = `refused to ${intentWords(grant)}: ${explanations[reason] ?? reason} (${reason})`;
  return new CliError('grant.refused', message, { path, verb: grant.verb, reason }, { cause });
}

function intentWords({ verb, filename, project, status }: Grant): string {
  return verb === 'status' ? `make ${project} ${status}` : `${verb} ${filename}`;
}

function doneWords({ verb, filename, project, status }: Grant): string {
  if (verb === 'status') return `${project} is ${status} now`;
  return `${filename} is ${verb.replace(/e$/, '')}ed`;
}
