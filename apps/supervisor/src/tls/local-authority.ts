import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { writeFileAtomic } from '../instance/atomic-file.ts';
import type { DataDir } from '../instance/data-dir.ts';
import { authorityCertificate, newKey, serverCertificate, stillGood } from './certificates.ts';
import type { CertificateAndKey, CertificateParts } from './certificates.ts';

/** The certificate authority of one data folder, which people and programs of this machine may trust. */
export class LocalAuthority {
  /** Path of its certificate, in PEM. */
  readonly file: string;
  private readonly own: CertificateAndKey;
  private readonly parts: CertificateParts;

  private constructor(file: string, own: CertificateAndKey, parts: CertificateParts) {
    this.file = file;
    this.own = own;
    this.parts = parts;
  }

  /**
   * The one that the folder has; one without a certificate, or with one that ends soon, gets a new one.
   * @param clock not the instance's, which may be shifted: clients go by the machine's
   */
  static async open(
    { authorityFile, authorityKeyFile }: Pick<DataDir, 'authorityFile' | 'authorityKeyFile'>,
    randomness: Randomness,
    clock: Clock = systemClock(),
  ): Promise<LocalAuthority> {
    const parts = { clock, randomness };
    mkdirSync(dirname(authorityFile), { recursive: true, mode: 0o755 });
    if (!existsSync(authorityKeyFile)) writeFileAtomic(authorityKeyFile, newKey());
    const key = readFileSync(authorityKeyFile, 'utf8');
    const cert = existsSync(authorityFile) ? readFileSync(authorityFile, 'utf8') : null;
    if (cert !== null && stillGood({ cert, key }, parts.clock)) {
      return new LocalAuthority(authorityFile, { cert, key }, parts);
    }
    const made = await authorityCertificate(key, parts);
    writeFileAtomic(authorityFile, made, 0o644);
    return new LocalAuthority(authorityFile, { cert: made, key }, parts);
  }

  /** A new one for `localhost` and 127.0.0.1, good for 30 days; its key is written nowhere. */
  serverCertificate(): Promise<CertificateAndKey> {
    return serverCertificate(this.own, this.parts);
  }
}
