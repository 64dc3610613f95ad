import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Signer, hash } from '@rind/crypto';
import { monotonicMs, systemRandomness } from '@rind/kernel';

/**
 * The bare work of a publication: read `files` of `bytes`, hash and sign each, write it anew, one barrier, one
 * snapshot, one timestamp. No database, no parsing, one thread.
 */
export function publishFloor(files: number, bytes: number, snapshotBytes: number, runs: number): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'rind-floor-'));
  const sign = ed25519Signer(systemRandomness.bytes(32));
  const body = new Uint8Array(bytes);
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `old-${i}`), body);
  const samples = Array.from({ length: runs }, (_, run) => {
    const from = monotonicMs();
    for (let i = 0; i < files; i++) {
      const read = readFileSync(join(folder, `old-${i}`));
      hash('sha256', read);
      sign(read);
      writeFileSync(join(folder, `new-${run}-${i}`), read, { flag: 'wx' });
    }
    writeDurably(join(folder, `snapshot-${run}`), new Uint8Array(snapshotBytes), sign);
    writeDurably(join(folder, `timestamp-${run}`), new Uint8Array(500), sign);
    return monotonicMs() - from;
  });
  rmSync(folder, { recursive: true });
  return samples;
}

function writeDurably(path: string, bytes: Uint8Array, sign: (message: Uint8Array) => Uint8Array): void {
  hash('sha256', bytes);
  sign(bytes);
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  fdatasyncSync(file);
  closeSync(file);
}
