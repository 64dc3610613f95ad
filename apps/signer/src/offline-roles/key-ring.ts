import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyIdOf } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { parsePublicKey } from '@rind/repository';
import { openKeyFile, publicPathOf } from '@rind/signers-file';
import type { Signer } from '@rind/signing-port';

export interface KeyRingParts {
  /** Key files by configuration. */
  readonly files: readonly string[];
  /** A folder in which new key files appear while the signer runs; null when there is none. */
  readonly folder: string | null;
  readonly passphraseFile: string;
}

/**
 * The online keys that are here. Which of them signs is decided by the metadata alone: of the keys that a role
 * lists, the last one that is here, since a ceremony adds a new key behind the old ones.
 */
export class KeyRing {
  private readonly parts: KeyRingParts;
  private readonly opened = new Map<string, Promise<Signer>>();

  constructor(parts: KeyRingParts) {
    this.parts = parts;
  }

  /** File of the newest key among `keyIds`, in the order of the role; null when none is here. */
  newestOf(keyIds: readonly KeyId[]): string | null {
    const here = this.files();
    for (const keyId of keyIds.toReversed()) {
      const path = here.get(keyId);
      if (path !== undefined) return path;
    }
    return null;
  }

  /** The key of a file; opened once. */
  open(path: string): Promise<Signer> {
    const known = this.opened.get(path);
    if (known !== undefined) return known;
    const passphrase = readFileSync(this.parts.passphraseFile, 'utf8').trim();
    const signer = openKeyFile({ path, passphrase });
    this.opened.set(path, signer);
    signer.catch(() => this.opened.delete(path));
    return signer;
  }

  /** Read anew each time: a ceremony is rare, and its key may have come a moment ago. */
  private files(): ReadonlyMap<KeyId, string> {
    const { files, folder } = this.parts;
    const found = folder === null || !existsSync(folder) ? [] : readdirSync(folder).toSorted();
    const paths = [
      ...files,
      ...found.filter((name) => name.endsWith('.pem')).map((name) => join(folder!, name)),
    ];
    const here = new Map<KeyId, string>();
    for (const path of paths) {
      const publicPath = publicPathOf(path);
      if (!existsSync(path) || !existsSync(publicPath)) continue;
      const key = parsePublicKey(readFileSync(publicPath));
      if (key !== null) here.set(keyIdOf(key), path);
    }
    return here;
  }
}
