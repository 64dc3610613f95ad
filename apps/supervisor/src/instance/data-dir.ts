import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreLocation } from '@rind/storage-port';

/** Where an instance keeps everything: one folder, so that a copy or a removal is complete. */
export class DataDir {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get instanceFile(): string {
    return join(this.path, 'rind.json');
  }
  get lockFile(): string {
    return join(this.path, 'run', 'supervisor.json');
  }
  get stateDir(): string {
    return join(this.path, 'run');
  }
  get postgres(): string {
    return join(this.path, 'postgres');
  }
  /** The store of `--store fs`, which makes it. */
  get store(): string {
    return join(this.path, 'store');
  }
  /** The first root: of a store that is no folder, a copy of our own, which is what this machine trusts. */
  rootFile(store: StoreLocation): string {
    return join(store.kind === 'fs' ? join(store.path, 'metadata') : this.path, '1.root.json');
  }
  get secretsFile(): string {
    return join(this.path, 'secrets.json');
  }
  get settingsFile(): string {
    return join(this.path, 'settings.json');
  }
  get grantKeysFile(): string {
    return join(this.path, 'keys', 'trusted-grant-keys.json');
  }
  get passphraseFile(): string {
    return join(this.path, 'keys', 'passphrase');
  }
  get sealKeyFile(): string {
    return join(this.path, 'keys', 'auth-seal.key');
  }
  /** Where a rotation puts the new keys of the signer. */
  get onlineKeys(): string {
    return join(this.path, 'keys', 'online');
  }
  /** Certificate of the authority that `--tls` makes, for whoever is to trust it. */
  get authorityFile(): string {
    return join(this.path, 'tls', 'ca.pem');
  }
  get authorityKeyFile(): string {
    return join(this.path, 'tls', 'ca.key');
  }
  get demo(): string {
    return join(this.path, 'demo');
  }

  /** Encrypted PKCS#8, one file a key: `offline/root-1.pem`, `online/snapshot.pem`, `auth/grant.pem`, `operator/operator.pem`. */
  key(name: string): string {
    return join(this.path, 'keys', `${name}.pem`);
  }

  log(process: string): string {
    return join(this.path, 'logs', `${process}.log`);
  }

  spool(process: string): string {
    return join(this.path, 'spool', process);
  }

  create(): void {
    // 0711 at the top: the database runs as another user when we are root, and must reach its own folder.
    mkdirSync(this.path, { recursive: true, mode: 0o711 });
    for (const [folder, mode] of [
      ['run', 0o700],
      ['logs', 0o700],
      ['keys', 0o700],
      ['keys/offline', 0o700],
      ['keys/online', 0o700],
      ['keys/auth', 0o700],
      ['keys/operator', 0o700],
      ['spool/gate', 0o700],
      ['spool/warehouse', 0o700],
      ['demo', 0o755],
    ] as const) {
      mkdirSync(join(this.path, folder), { recursive: true, mode });
    }
  }
}
