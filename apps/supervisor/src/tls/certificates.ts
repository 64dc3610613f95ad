// The library asks for it before it is loaded itself.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509CertificateCreateWithKeyParams } from '@peculiar/x509';
import { toHex } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';

/** Node's keys, by the library's name: its type does not know usages that these never have. */
type WebKey = X509CertificateCreateWithKeyParams['signingKey'];

/** Both in PEM, as Node's TLS takes them. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateParts {
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const dayMs = 86_400_000;
/** Whoever trusts it has to be told again after this. */
const authorityDays = 3_650;
export const serverDays = 30;
/** Clocks of two programs on one machine do not differ; those of a machine and its containers may. */
const earlierMs = 3_600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * Name constraints (RFC 5280 §4.2.1.10): whoever trusts the authority and loses its key has given away the names of
 * this machine alone. permittedSubtrees of DNS `localhost` and of 127.0.0.1/32, as DER.
 */
const thisMachineOnly = Uint8Array.from([
  ...[0x30, 0x1b, 0xa0, 0x19],
  ...[0x30, 0x0b, 0x82, 0x09, ...Buffer.from('localhost')],
  ...[0x30, 0x0a, 0x87, 0x08, 127, 0, 0, 1, 255, 255, 255, 255],
]);

/** A key in PKCS#8, PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The certificate of an authority that signs itself, for this key. */
export async function authorityCertificate(
  key: string,
  { clock, randomness }: CertificateParts,
): Promise<string> {
  const keys = readKey(key);
  const name = `CN=Rind development CA ${toHex(randomness.bytes(4))}`;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(randomness),
    subject: name,
    issuer: name,
    ...lifetime(clock, authorityDays),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      new Extension('2.5.29.30', true, thisMachineOnly),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(certificate);
}

/** A certificate with a key of its own for `localhost` and 127.0.0.1. */
export async function serverCertificate(
  authority: CertificateAndKey,
  { clock, randomness }: CertificateParts,
): Promise<CertificateAndKey> {
  const key = newKey();
  const { publicKey } = readKey(key);
  const issuer = new X509Certificate(authority.cert);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(randomness),
    subject: 'CN=localhost',
    issuer: issuer.subject,
    ...lifetime(clock, serverDays),
    publicKey,
    signingKey: readKey(authority.key).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: pem(certificate), key };
}

/** The certificate is of this key, and outlives the next server's certificate. */
export function stillGood({ cert, key }: CertificateAndKey, clock: Clock): boolean {
  const certificate = new X509Certificate(cert);
  const own = spki(createPublicKey(createPrivateKey(key)));
  if (!own.equals(Buffer.from(certificate.publicKey.rawData))) return false;
  return certificate.notAfter.getTime() > clock.nowMs() + serverDays * dayMs;
}

function readKey(key: string): { privateKey: WebKey; publicKey: WebKey } {
  const privateKey = createPrivateKey(key);
  return {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']) as WebKey,
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']) as WebKey,
  };
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function lifetime(clock: Clock, days: number): { notBefore: Date; notAfter: Date } {
  const nowMs = clock.nowMs();
  return { notBefore: new Date(nowMs - earlierMs), notAfter: new Date(nowMs + days * dayMs) };
}

/** 127 bits: positive, and not longer than RFC 5280 §4.1.2.2 lets it be. */
function serialNumber(randomness: Randomness): string {
  const bytes = randomness.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return toHex(bytes);
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
