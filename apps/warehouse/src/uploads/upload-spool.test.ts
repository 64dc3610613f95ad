import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { systemRandomness, utf8 } from '@rind/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WarehouseError } from '../errors.ts';
import { diskRefusal } from './disk-refusal.ts';
import { UploadSpool } from './upload-spool.ts';

let dir: string;
let spool: UploadSpool;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
  spool = new UploadSpool(dir, systemRandomness);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const bytes = utf8('some bytes');
const expected = { length: bytes.length, sha256: hashHex('sha256', bytes) };
async function* pieces(...parts: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

describe('the upload spool', () => {
  it('keeps a file that nobody else may read until it is discarded, however often', async () => {
    const file = await spool.receive(pieces(bytes.subarray(0, 3), bytes.subarray(3)), expected);
    expect([readFileSync(file.path, 'utf8'), statSync(file.path).mode & 0o777]).toEqual([
      'some bytes',
      0o600,
    ]);
    await file.discard();
    await file.discard();
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each<[string, (Uint8Array | Error)[], string]>([
    ['too short', [bytes.subarray(1)], 'upload.corrupt-transfer'],
    ['too long', [bytes, bytes], 'upload.corrupt-transfer'],
    ['other bytes', [utf8('same bytes')], 'upload.corrupt-transfer'],
    ['nothing', [], 'upload.corrupt-transfer'],
    ['cut off', [bytes, new Error('reset')], 'upload.aborted'],
  ])('keeps nothing of a file that is %s', async (_what, parts, code) => {
    await expect(spool.receive(pieces(...parts), expected)).rejects.toMatchObject({ code });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says when the folder is gone', async () => {
    rmSync(dir, { recursive: true });
    await expect(spool.receive(pieces(bytes), expected)).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('removes what dead processes left, and nothing of the living or of others', async () => {
    const name = (pid: number) => `warehouse-${pid}-00000000-0000-4000-8000-000000000000.upload`;
    const kept = [name(process.ppid), `gate-999999999-x.upload`, 'notes.txt'];
    // Process ids have seven digits at most.
    for (const file of [...kept, name(999_999_999), name(process.pid)]) writeFileSync(join(dir, file), 'x');
    expect(await spool.open()).toBe(2);
    expect(readdirSync(dir).sort()).toEqual(kept.sort());
  });
});

describe('a failure of the disk', () => {
  it.each([
    ['ENOSPC', 'store.full'],
    ['EDQUOT', 'store.full'],
    ['EMFILE', 'store.full'],
    ['EIO', 'store.unavailable'],
    ['ENOENT', 'store.unavailable'],
  ])('%s is %s', (errno, code) => {
    expect(diskRefusal(Object.assign(new Error(errno), { code: errno }))).toMatchObject({ code });
  });

  it('leaves our own errors as they are', () => {
    const error = new WarehouseError('upload.aborted', 'gone', {});
    expect(diskRefusal(error)).toBe(error);
  });
});
