import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hashHex } from '@rind/crypto';
import { CliError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { errnoOf } from '../local-file.ts';
import { openIndex, sourceOf } from '../repository-source.ts';
import type { SourceOptions } from '../repository-source.ts';
import { parseRequirement, selectFiles } from '../requirement.ts';

export interface GetOptions extends SourceOptions {
  readonly file?: string;
  readonly out?: string;
}

/** Downloads the files of a release (or one of them), every byte verified before it gets its name. */
export async function getFiles(
  { instance, clock, output }: Invocation,
  requirement: string,
  options: GetOptions,
): Promise<void> {
  const { project, version } = parseRequirement(requirement);
  const client = openIndex(sourceOf(options, instance), clock);
  const files = selectFiles(await client.projectPage(project), version, options.file);
  for (const { filename, size } of files) {
    output.progress(`fetching ${filename} (${size} bytes)`);
    const bytes = await client.fetchFile(project, filename);
    const path = join(resolve(options.out ?? '.'), filename);
    writeWhole(path, bytes);
    const sha256 = hashHex('sha256', bytes);
    output.result(
      { file: path, project, filename, length: bytes.length, sha256, verified: true },
      `✓ ${path}\n  verified: ${bytes.length} bytes, sha256 ${sha256}`,
    );
  }
}

/** Under its name there is never a part of a file. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const part = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
  try {
    writeFileSync(part, bytes);
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): CliError {
  const errno = errnoOf(cause);
  return new CliError('file.unwritable', `cannot write ${path} (${errno})`, { file: path, errno }, { cause });
}
