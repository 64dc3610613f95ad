import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { verifyTarget } from '@rind/client';
import type { Updater } from '@rind/client';
import { hashHex } from '@rind/crypto';
import { packageTargetPath, parseDistribution } from '@rind/index-model';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { requestJson } from '../http.ts';
import type { Output } from '../output.ts';

const receipt = z.looseObject({ state: z.string() });

/**
 * Checks files that lie on this machine against the signed metadata. Every file is reported; the worst
 * exit code of all is the answer.
 * @param apiUrl the instance's address, to tell "not signed yet" from "not signed"; null for foreign repositories
 */
export async function verifyFiles(
  client: Updater,
  paths: readonly string[],
  apiUrl: string | null,
  output: Output,
): Promise<number> {
  await client.refresh();
  let worst: number = exitCodes.ok;
  for (const path of paths) {
    try {
      await verifyFile(client, path, apiUrl, output);
    } catch (error) {
      worst = Math.max(worst, output.fail(error));
    }
  }
  return worst;
}

async function verifyFile(
  client: Updater,
  path: string,
  apiUrl: string | null,
  output: Output,
): Promise<void> {
  const filename = basename(path);
  const { project } = parseDistribution(filename);
  const targetPath = packageTargetPath(project, filename);
  const target = await client.findTarget(targetPath);
  const bytes = readLocal(path);
  const sha256 = hashHex('sha256', bytes);
  if (target === null) {
    await throwIfWaiting(apiUrl, targetPath, sha256);
    throw new CliError('file.not-found', `${filename} is not signed here`, { file: filename });
  }
  verifyTarget(targetPath, target, bytes);
  output.line(
    { file: path, targetPath, sha256, length: bytes.length, verified: true },
    `verified ${path}\n  signed as ${targetPath}, sha256 ${sha256}`,
  );
}

function readLocal(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CliError('usage.invalid', `cannot read ${path}`, { argument: path }, { cause });
  }
}

/** The author who verifies right after the upload should hear "wait", not "forged". */
async function throwIfWaiting(apiUrl: string | null, path: string, sha256: string): Promise<void> {
  if (apiUrl === null) return;
  const answer = await requestJson(`${apiUrl}/api/v1/uploads?sha256=${sha256}`).catch(() => null);
  const parsed = receipt.safeParse(answer);
  if (!parsed.success) return;
  const { state } = parsed.data;
  if (state === 'accepted' || state === 'staged' || state === 'publishing') {
    throw new CliError('target.not-yet', `${path} is ${state} and not signed yet: try again in a moment`, {
      path,
      state,
    });
  }
}
