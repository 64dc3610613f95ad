import { basename } from 'node:path';
import { hashHex } from '@rind/crypto';
import { parseDistribution } from '@rind/index-model';
import type { Distribution } from '@rind/index-model';
import { monotonicMs, systemRandomness } from '@rind/kernel';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { worstOf } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { requestForm } from '../http.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import type { Output } from '../output.ts';
import { withoutSlash } from '../repository-source.ts';
import { readCoreMetadata } from '../upload/core-metadata.ts';
import { narrowToken } from '../upload/narrow-token.ts';
import { sendUpload } from '../upload/send-upload.ts';
import { multipartForm, uploadFields } from '../upload/upload-form.ts';

export interface UploadOptions {
  readonly repositoryUrl?: string;
  readonly tokenFile?: string;
  /** False with --no-wait. */
  readonly wait: boolean;
}

/** A file that the index has taken. */
interface Sent {
  readonly path: string;
  readonly distribution: Distribution;
  readonly length: number;
  readonly sha256: string;
  readonly receipt: string;
  readonly warnings: readonly string[];
}

const receiptForm = z.looseObject({ state: z.string(), code: z.string().nullable(), targetPath: z.string() });
/** Seconds of one question; then the next, so that a new state is told soon. */
const questionSeconds = 5;
const patienceMs = 60_000;

/**
 * Publishes files: each with a token that is good for that file alone, then all are followed until they can be
 * verified. Every file is reported; the gravest outcome of all is the answer.
 */
export async function uploadFiles(
  invocation: Invocation,
  paths: readonly string[],
  options: UploadOptions,
): Promise<ExitCode> {
  const { output, instance } = invocation;
  const token = tokenOf(invocation, options.tokenFile);
  const url = repositoryUrl(options.repositoryUrl ?? `${withoutSlash(instance().url)}/legacy/`);
  const outcomes: ExitCode[] = [];
  const sent: Sent[] = [];
  for (const path of paths) {
    try {
      sent.push(await send(invocation, path, { url, token }));
    } catch (error) {
      outcomes.push(output.fail(error));
    }
  }
  for (const each of sent) {
    try {
      if (options.wait) await follow(each, output);
      else report(each, 'accepted', output);
    } catch (error) {
      outcomes.push(output.fail(error));
    }
  }
  return worstOf(outcomes);
}

async function send(
  { output, clock }: Invocation,
  path: string,
  { url, token }: { url: string; token: string },
): Promise<Sent> {
  const filename = basename(path);
  const distribution = parseDistribution(filename);
  const bytes = readLocalFile(path);
  const fields = uploadFields(distribution, await readCoreMetadata(path, distribution), bytes);
  const sha256 = hashHex('sha256', bytes);
  const form = multipartForm(fields, filename, bytes, systemRandomness);
  output.progress(`sending ${filename} (${bytes.length} bytes)`);
  const nowSeconds = Math.floor(clock.nowMs() / 1_000);
  const narrow = narrowToken(token, { project: distribution.project, sha256, nowSeconds });
  const accepted = await sendUpload(url, { token: narrow, filename, form });
  return { path, distribution, length: bytes.length, sha256, ...accepted };
}

/** @throws CliError `upload.refused`, `target.not-yet`, `network.failed` */
async function follow(file: Sent, output: Output): Promise<void> {
  const { filename } = file.distribution;
  const startedMs = monotonicMs();
  let told = '';
  for (;;) {
    const answer = await requestForm(`${file.receipt}?wait=${questionSeconds}`, receiptForm);
    const { state, code, targetPath: path } = answer;
    if (state === 'verifiable') return report(file, state, output);
    if (state === 'rejected') {
      const reason = code ?? 'unknown';
      const message = `${filename} was accepted, and the signer refused it (${reason})`;
      throw new CliError('upload.refused', message, { file: filename, reason });
    }
    if (state === 'staged' || monotonicMs() - startedMs > patienceMs) {
      throw new CliError('target.not-yet', `${filename} is ${state} and not signed yet`, { path, state });
    }
    if (state !== told) output.progress(`${filename} is ${state}`);
    told = state;
  }
}

function report(file: Sent, state: string, output: Output): void {
  const { path, length, sha256, receipt, warnings } = file;
  const { filename, project, version } = file.distribution;
  output.result(
    { file: path, project, version, filename, length, sha256, state, receipt, warnings },
    [
      `✓ ${filename} is ${state}: ${length} bytes, sha256 ${sha256}`,
      ...warnings.map((warning) => `  ! ${warning}`),
      ...(state === 'verifiable' ? [] : [`  receipt: ${receipt}`]),
    ].join('\n'),
  );
}

/** @throws CliError `usage.invalid` */
function tokenOf(invocation: Invocation, file: string | undefined): string {
  const text = file === undefined ? invocation.token : new TextDecoder().decode(readLocalFile(file)).trim();
  if (text !== null && text !== '') return text;
  const message =
    file === undefined
      ? 'no token: name a file with --token-file, or set RIND_TOKEN or TWINE_PASSWORD'
      : `there is no token in ${file}`;
  throw new CliError('usage.invalid', message, { argument: 'token' });
}

/** @throws CliError `usage.invalid` */
function repositoryUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return url.href;
  }
  const message = '--repository-url wants an http(s) address without a name and password in it';
  throw new CliError('usage.invalid', message, { argument: 'repository-url' });
}
