import { readFileSync } from 'node:fs';
// Not by name: what is missing from an older Node must not keep those from starting who never need it.
import tls from 'node:tls';

/**
 * From here on, this thread's TLS also trusts the certificates of a file, beside those that it trusts anyway.
 * @param file PEM
 */
export function trustAuthority(file: string): void {
  const added = readFileSync(file, 'utf8');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), added]);
}
