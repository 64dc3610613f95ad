import { basename } from 'node:path';
import { verifyTarget } from '@rind/client';
import type { ListedTarget, Updater } from '@rind/client';
import { hashHex } from '@rind/crypto';
import { packageTargetPath, parseDistribution } from '@rind/index-model';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { worstOf } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { requestForm } from '../http.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import type { Output } from '../output.ts';
import { openUpdater, sourceOf } from '../repository-source.ts';
import type { SourceOptions } from '../repository-source.ts';

const receipt = z.looseObject({ state: z.string(), targetPath: z.string() });

/**
 * Checks files that lie on this machine against the signed metadata. Every file is reported; the gravest outcome of
 * all is the answer.
 */
export async function verifyFiles(
  { instance, clock, output }: Invocation,
  paths: readonly string[],
  options: SourceOptions,
): Promise<ExitCode> {
  const source = sourceOf(options, instance);
  const client = openUpdater(source, clock);
  await client.refresh();
  const outcomes: ExitCode[] = [];
  for (const path of paths) {
    output.progress(`verifying ${path}`);
    try {
      await verifyFile(client, path, source.apiUrl, output);
    } catch (error) {
      outcomes.push(output.fail(error));
    }
  }
  return worstOf(outcomes);
}

async function verifyFile(
  client: Updater,
  path: string,
  apiUrl: string | null,
  output: Output,
): Promise<void> {
  const filename = basename(path);
  const targetPath = packageTargetPath(parseDistribution(filename).project, filename);
  const bytes = readLocalFile(path);
  const sha256 = hashHex('sha256', bytes);
  const target =
    (await client.findTarget(targetPath)) ?? (await findLate(client, targetPath, sha256, apiUrl));
  if (target === null)
    throw new CliError('file.not-found', `${filename} is not signed here`, { file: filename });
  verifyTarget(targetPath, target, bytes);
  output.result(
    { file: path, targetPath, sha256, length: bytes.length, verified: true },
    `✓ ${path}\n  verified: signed as ${targetPath}, ${bytes.length} bytes, sha256 ${sha256}`,
  );
}

/** The author who verifies right after the upload should hear "wait", not "unknown". */
async function findLate(
  client: Updater,
  path: string,
  sha256: string,
  apiUrl: string | null,
): Promise<ListedTarget | null> {
  if (apiUrl === null) return null;
  const latest = await requestForm(`${apiUrl}/api/v1/uploads?sha256=${sha256}`, receipt).catch(() => null);
  if (latest === null || latest.targetPath !== path) return null;
  const { state } = latest;
  if (state === 'accepted' || state === 'staged' || state === 'publishing') {
    const message = `${path} is ${state} and not signed yet: try again in a moment`;
    throw new CliError('target.not-yet', message, { path, state });
  }
  if (state !== 'verifiable') return null;
  // Signed since our refresh, or taken out again.
  await client.refresh();
  return client.findTarget(path);
}
