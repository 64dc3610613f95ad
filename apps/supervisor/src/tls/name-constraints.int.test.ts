import 'reflect-metadata';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import type { JsonGeneralName, X509CertificateCreateWithKeyParams } from '@peculiar/x509';
import { expect, it } from 'vitest';
import { systemClock, systemRandomness } from '@rind/kernel';
import { authorityCertificate, newKey } from './certificates.ts';
import type { CertificateAndKey } from './certificates.ts';

type WebKey = X509CertificateCreateWithKeyParams['signingKey'];

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What a thief of the authority's key makes with it. */
async function forged(authority: CertificateAndKey, name: JsonGeneralName): Promise<CertificateAndKey> {
  const key = newKey();
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=forged',
    issuer: new X509Certificate(authority.cert).subject,
    publicKey: createPublicKey(createPrivateKey(key)).toCryptoKey(algorithm, true, ['verify']) as WebKey,
    signingKey: createPrivateKey(authority.key).toCryptoKey(algorithm, true, ['sign']) as WebKey,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([name])],
  });
  return { cert: certificate.toString('pem'), key };
}

/** What a client that trusts the authority says of a server with this certificate. */
async function judged(
  authority: CertificateAndKey,
  server: CertificateAndKey,
  name: string,
): Promise<string> {
  const listening = createServer({ ...server }).listen(0, '127.0.0.1');
  // The client hangs up on most of them.
  listening.on('tlsClientError', () => {});
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, servername: name, ca: [authority.cert] });
  const outcome = await new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve('trusted'));
    socket.once('error', (error) => resolve(error.message));
  });
  socket.destroy();
  listening.close();
  return outcome;
}

it.each<[JsonGeneralName, string]>([
  [{ type: 'dns', value: 'localhost' }, 'trusted'],
  [{ type: 'dns', value: 'index.example' }, 'permitted subtree violation'],
  [{ type: 'dns', value: 'localhost.example' }, 'permitted subtree violation'],
  [{ type: 'ip', value: '127.0.0.2' }, 'permitted subtree violation'],
  [{ type: 'ip', value: '::1' }, 'permitted subtree violation'],
])('with the key of the authority, a server of %o: %s', async (name, expected) => {
  const key = newKey();
  const cert = await authorityCertificate(key, { clock: systemClock(), randomness: systemRandomness });
  const authority = { cert, key };
  const host = name.type === 'dns' ? name.value : '';
  expect(await judged(authority, await forged(authority, name), host)).toBe(expected);
});
