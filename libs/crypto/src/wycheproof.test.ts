import { fromHex } from '@rind/kernel';
import { wycheproof } from '@rind/test-vectors';
import { describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import { verifyWith } from './signature.ts';
import type { PublicKey } from './public-key.ts';

/** A salt of another length than the group's is valid here: TUF clients take any (libs/test-vectors/README.md). */
const saltOfAnotherLength = /s_len changed/;

interface Row {
  readonly tcId: number;
  readonly comment: string;
  readonly msg: string;
  readonly sig: string;
  readonly result: string;
}

describe.each(backends)('Wycheproof on %s', (_name, backend) => {
  function disagreements(groups: readonly { key: PublicKey; tests: readonly Row[] }[]): string[] {
    const wrong: string[] = [];
    let checked = 0;
    for (const { key, tests } of groups) {
      for (const { tcId, comment, msg, sig, result } of tests) {
        checked++;
        const expected = result === 'valid' || saltOfAnotherLength.test(comment);
        const verdict = verifyWith(backend, key, fromHex(msg), fromHex(sig));
        if (verdict !== expected) wrong.push(`${tcId} ${comment}: ${verdict}`);
      }
    }
    expect(checked).toBeGreaterThan(100);
    return wrong;
  }

  it('agrees on Ed25519', () => {
    const groups = wycheproof('ed25519_test').testGroups.map(({ publicKey, tests }) => ({
      key: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicKey!.pk! } },
      tests: tests as readonly Row[],
    }));
    expect(disagreements(groups)).toEqual([]);
  });

  it('agrees on ECDSA over P-256 with SHA-256', () => {
    const groups = wycheproof('ecdsa_secp256r1_sha256_test').testGroups.map(({ publicKeyPem, tests }) => ({
      key: { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: publicKeyPem! } },
      tests: tests as readonly Row[],
    }));
    expect(disagreements(groups)).toEqual([]);
  });

  it('agrees on RSASSA-PSS with SHA-256', () => {
    const groups = wycheproof('rsa_pss_2048_sha256_mgf1_32_test').testGroups.map(
      ({ publicKeyPem, tests }) => ({
        key: { keytype: 'rsa', scheme: 'rsassa-pss-sha256', keyval: { public: publicKeyPem! } },
        tests: tests as readonly Row[],
      }),
    );
    expect(disagreements(groups)).toEqual([]);
  });

  it('agrees on HMAC with SHA-256', () => {
    const wrong: number[] = [];
    for (const { tagSize, tests } of wycheproof('hmac_sha256_test').testGroups) {
      for (const { tcId, key, msg, tag, result } of tests) {
        const made = backend.hmacSha256(fromHex(key!), fromHex(msg)).subarray(0, tagSize! / 8);
        const same = Buffer.from(made).toString('hex') === tag;
        if (same !== (result === 'valid')) wrong.push(tcId);
      }
    }
    expect(wrong).toEqual([]);
  });
});
