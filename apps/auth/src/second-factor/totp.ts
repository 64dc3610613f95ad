import { generateSecret, generateURI, verifySync } from 'otplib';

/** TOTP as every authenticator app has it: SHA-1, six digits, steps of 30 seconds (RFC 6238). */
const period = 30;
const digits = 6;
const secretBytes = 20;
/** Steps by which a clock may be off, either way: the time in which a person reads and types a code. */
const tolerance = period;
/** How far we look to tell somebody that their clock is wrong. */
const hintTolerance = 900;

export type CodeCheck =
  | { readonly ok: true; readonly step: number }
  /** `offSeconds`: the code is right for a clock that is so far ahead (or behind, negative). */
  | { readonly ok: false; readonly offSeconds: number | null };

/** 32 characters of base32. */
export function newTotpSecret(): string {
  return generateSecret({ length: secretBytes });
}

/** What a QR code holds. */
export function totpUri(secret: string, issuer: string, username: string): string {
  return generateURI({ strategy: 'totp', secret, issuer, label: username, digits, period });
}

/**
 * Which time step a code is of. The caller sees to it that no step counts twice.
 * @param typed as a person types it: spaces do not count
 */
export function checkCode(secret: string, typed: string, nowSeconds: number): CodeCheck {
  const token = typed.replaceAll(' ', '');
  if (!/^\d{6}$/.test(token)) return { ok: false, offSeconds: null };
  const within = (epochTolerance: number) =>
    verifySync({ strategy: 'totp', secret, token, digits, period, epoch: nowSeconds, epochTolerance });
  const found = within(tolerance);
  if (found.valid) return { ok: true, step: Math.floor(nowSeconds / period) + found.delta };
  const far = within(hintTolerance);
  return { ok: false, offSeconds: far.valid ? far.delta * period : null };
}
