import { describe, expect, it } from 'vitest';
import { checkCode, newTotpSecret, totpUri } from './totp.ts';

/** RFC 6238 appendix B: the ASCII string 12345678901234567890, and the last six of its eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const known = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
] as const;

describe('a code', () => {
  it.each(known)('at %i is %s', (at, code) => {
    expect(checkCode(secret, code, at)).toEqual({ ok: true, step: Math.floor(at / 30) });
  });

  it('counts one step early and one step late, as what it is, and no further', () => {
    const step = Math.floor(59 / 30);
    expect(checkCode(secret, '287082', 59 + 30)).toEqual({ ok: true, step });
    expect(checkCode(secret, '287082', 59 - 30)).toEqual({ ok: true, step });
    expect(checkCode(secret, '287082', 30 + 60)).toMatchObject({ ok: false });
  });

  it('says by how much a clock is off', () => {
    expect(checkCode(secret, '081804', 1_111_111_109 - 600)).toEqual({ ok: false, offSeconds: 600 });
    expect(checkCode(secret, '081804', 1_111_111_109 + 600)).toEqual({ ok: false, offSeconds: -600 });
    expect(checkCode(secret, '081804', 1_111_111_109 + 86_400)).toEqual({ ok: false, offSeconds: null });
  });

  it('may be typed with spaces', () => {
    expect(checkCode(secret, ' 287 082 ', 59)).toMatchObject({ ok: true });
  });

  it.each(['', '28708', '2870820', '28708a', '２８７０８２', '-87082', '+87082'])('%j is none', (typed) => {
    expect(checkCode(secret, typed, 59)).toEqual({ ok: false, offSeconds: null });
  });
});

describe('a secret', () => {
  it('is 20 bytes of base32, new each time', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
  });

  it('is what the QR code holds', () => {
    const uri = new URL(totpUri(secret, 'Rind', 'ann:b&c'));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toMatch(/ann:b&c$/);
    expect(uri.searchParams.get('secret')).toBe(secret);
    expect(uri.searchParams.get('issuer')).toBe('Rind');
  });
});
