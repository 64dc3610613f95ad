import { generateKeyPairSync } from 'node:crypto';
import { parseAttestations } from '@rind/index-model';
import { describe, expect, it } from 'vitest';
import { attestation } from '@rind/testkit';
import type { WantedAttestation } from '@rind/testkit';
import { checkEnvelopeSignature, preAuthenticationEncoding } from './envelope-signature.ts';

const file = { filename: 'demo-1.0.tar.gz', sha256: 'ab'.repeat(32) };
const unverified = expect.objectContaining({ code: 'attestations.unverified' });

function parsed(wanted: Partial<WantedAttestation> = {}, changes: Record<string, unknown> = {}) {
  const one = { ...attestation({ ...file, ...wanted }), ...changes };
  return parseAttestations(JSON.stringify([one]), file)[0]!;
}

describe('the signature of an envelope', () => {
  it('names type and length of what is signed, as DSSE has it', () => {
    expect(new TextDecoder().decode(preAuthenticationEncoding(new TextEncoder().encode('{}')))).toBe(
      'DSSEv1 28 application/vnd.in-toto+json 2 {}',
    );
  });

  it.each(['prime256v1', 'secp384r1'])('holds when the certificate’s key made it: %s', (namedCurve) => {
    expect(() => checkEnvelopeSignature(parsed({ namedCurve }))).not.toThrow();
  });

  it('does not hold when another key made it', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    expect(() => checkEnvelopeSignature(parsed({ signer: privateKey }))).toThrow(unverified);
  });

  it('does not hold for another statement', () => {
    const sound = parsed();
    const statement = Uint8Array.from([...sound.statement, 0x20]);
    expect(() => checkEnvelopeSignature({ ...sound, statement })).toThrow(unverified);
  });

  it('is refused on a curve that Sigstore does not use', () => {
    expect(() => checkEnvelopeSignature(parsed({ namedCurve: 'secp256k1' }))).toThrow(unverified);
  });

  it('is refused without a certificate that can be read', () => {
    const material = { certificate: 'AQID', transparency_entries: [{}] };
    expect(() => checkEnvelopeSignature(parsed({}, { verification_material: material }))).toThrow(unverified);
  });
});
