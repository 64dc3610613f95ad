import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { concatBytes, fromHex, utf8 } from '@rind/kernel';

/** The kinds of attestations that PyPI knows. */
export const publishPredicate = 'https://docs.pypi.org/attestations/publish/v1';
export const slsaPredicate = 'https://slsa.dev/provenance/v1';

export interface WantedAttestation {
  readonly filename: string;
  readonly sha256: string;
  readonly predicateType?: string;
  /** The curve of the key; P-256 otherwise. */
  readonly namedCurve?: string;
  /** Signs in place of the certificate's key. */
  readonly signer?: KeyObject;
}

/** An attestation that its own certificate proves, as a publishing tool makes them (PEP 740). */
export function attestation(wanted: WantedAttestation): Record<string, unknown> {
  const { filename, sha256, predicateType = publishPredicate, namedCurve = 'prime256v1' } = wanted;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const statement = utf8(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: filename, digest: { sha256 } }],
      predicateType,
      predicate: null,
    }),
  );
  const hash = namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  const head = `DSSEv1 28 application/vnd.in-toto+json ${statement.length} `;
  const signature = sign(hash, concatBytes(utf8(head), statement), wanted.signer ?? privateKey);
  return {
    version: 1,
    verification_material: {
      certificate: base64(certificateOf(publicKey, privateKey)),
      transparency_entries: [{ logIndex: '1', canonicalizedBody: 'e30=' }],
    },
    envelope: { statement: base64(statement), signature: base64(signature) },
  };
}

/** An X.509 certificate, version 1, with what the standard requires and nothing else. */
function certificateOf(publicKey: KeyObject, privateKey: KeyObject): Uint8Array {
  const algorithm = der(0x30, fromHex('06082a8648ce3d040302'));
  const noName = der(0x30);
  const validity = der(0x30, der(0x17, utf8('260101000000Z')), der(0x17, utf8('360101000000Z')));
  const key = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const signed = der(0x30, der(0x02, new Uint8Array([1])), algorithm, noName, validity, noName, key);
  const signature = sign('sha256', signed, privateKey);
  return der(0x30, signed, algorithm, der(0x03, new Uint8Array([0]), signature));
}

/** Tag, length (of at most 65,535) and value. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = concatBytes(...parts);
  const { length } = value;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return concatBytes(new Uint8Array(head), value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
