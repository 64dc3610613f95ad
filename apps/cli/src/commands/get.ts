import { mkdirSync, writeFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IndexClient } from '@rind/client';
import { hashHex } from '@rind/crypto';
import type { Output } from '../output.ts';
import { parseRequirement, selectFiles } from '../requirement.ts';

export interface GetOptions {
  readonly file?: string;
  readonly out?: string;
}

/** Downloads the files of a release (or one of them), every byte verified before it gets its name. */
export async function getFiles(
  client: IndexClient,
  requirement: string,
  options: GetOptions,
  output: Output,
): Promise<void> {
  const { project, version } = parseRequirement(requirement);
  const page = await client.projectPage(project);
  const files = selectFiles(page, version, options.file);
  const folder = resolve(options.out ?? '.');
  mkdirSync(folder, { recursive: true });
  for (const { filename } of files) {
    output.note(`fetching ${filename}`);
    const bytes = await client.fetchFile(project, filename);
    const path = join(folder, filename);
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    const sha256 = hashHex('sha256', bytes);
    output.line(
      { file: path, project, filename, length: bytes.length, sha256, verified: true },
      `verified ${filename} (${bytes.length} bytes, sha256 ${sha256})\n  → ${path}`,
    );
  }
}
