import { describe, expect, it } from 'vitest';
import { vectors } from './index.ts';
import type { VectorFiles } from './index.ts';

const ROWS: Record<keyof VectorFiles, number> = {
  'aes-256-gcm': 4,
  'canonical-json': 27,
  'ecdsa-p256-sha256': 41,
  'ed25519-edge-cases': 61,
  'ed25519-rfc8032': 4,
  hashes: 26,
  'hmac-sha256': 6,
  'key-ids': 4,
  'rsa-pss-sha256': 49,
};

describe('vector files', () => {
  it.each(Object.entries(ROWS))('%s holds %i rows, each with a name of its own', (file, count) => {
    const names = vectors(file as keyof VectorFiles).map(({ name }) => name);
    expect(names).toHaveLength(count);
    expect(new Set(names).size).toBe(count);
  });

  it.each(['ecdsa-p256-sha256', 'ed25519-edge-cases', 'rsa-pss-sha256'] as const)(
    '%s has rows of either verdict',
    (file) => {
      expect(new Set(vectors(file).map(({ valid }) => valid))).toEqual(new Set([true, false]));
    },
  );
});
