import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestsOf } from './hash.worker.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-hash-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the digests of a file', () => {
  it.each([0, 1, 127, 128, 129, 1_048_575, 1_048_576, 1_048_577, 3_000_000])(
    'of %i bytes are those that the rest of Rind computes',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
      const path = join(folder, String(length));
      writeFileSync(path, bytes);
      expect(digestsOf({ path })).toEqual({
        sha256: hashHex('sha256', bytes),
        sha512: hashHex('sha512', bytes),
        blake2b256: hashHex('blake2b-256', bytes),
        md5: hashHex('md5', bytes),
      });
    },
  );
});
