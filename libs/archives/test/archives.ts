import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRindError } from '@rind/kernel';
import { archiveLimits, readTarGz, readZip } from '../src/index.ts';
import type { Archive, ArchiveLimits } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'rind-archives-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let count = 0;

export type Outcome = readonly [code: string, details: object] | 'accepted';

/** Where the bytes lie as a file. */
export function fileOf(bytes: Uint8Array): string {
  const path = join(folder, String(count++));
  writeFileSync(path, bytes);
  return path;
}

export const zipOutcome = (bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<Outcome> =>
  outcomeOf(readZip(fileOf(bytes), () => false, { ...archiveLimits, ...limits }));

export const tarOutcome = (bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<Outcome> =>
  outcomeOf(readTarGz(fileOf(bytes), () => false, { ...archiveLimits, ...limits }));

async function outcomeOf(read: Promise<Archive>): Promise<Outcome> {
  try {
    await read;
    return 'accepted';
  } catch (error) {
    if (isRindError(error)) return [error.code, error.details];
    throw error;
  }
}
