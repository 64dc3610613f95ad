import type { Root } from '@rind/metadata';
import type { Signer } from '@rind/signing-port';
import { SignerError } from '../errors.ts';
import type { RoleSigner } from '../publishing/publisher.ts';
import type { KeyRing } from './key-ring.ts';

type OnlineRole = 'snapshot' | 'timestamp';

/**
 * Who signs snapshot and timestamp: the newest key that root lists. While clients may judge by another root as well,
 * one that is about to come or one that was in force a moment ago, its key signs too: no client, in the middle of a
 * refresh or not, meets metadata that its root does not vouch for.
 */
export class OnlineSigners {
  readonly snapshot: RoleSigner;
  readonly timestamp: RoleSigner;
  private readonly ring: Pick<KeyRing, 'newestOf' | 'open'>;
  private current: Readonly<Record<OnlineRole, readonly Signer[]>> = { snapshot: [], timestamp: [] };

  constructor(ring: Pick<KeyRing, 'newestOf' | 'open'>) {
    this.ring = ring;
    this.snapshot = this.signing('snapshot');
    this.timestamp = this.signing('timestamp');
  }

  /**
   * Keys that are not here are passed over; `key.not-in-role` when none is left, and then nothing changes.
   * @param root in force
   * @param others roots that clients may judge by as well
   */
  async use(root: Root, others: readonly Root[]): Promise<void> {
    this.current = {
      snapshot: await this.signersOf('snapshot', root, others),
      timestamp: await this.signersOf('timestamp', root, others),
    };
  }

  /** True when a key of each role that `root` lists is here. */
  canSignBy(root: Root): boolean {
    return (['snapshot', 'timestamp'] as const).every(
      (role) => this.ring.newestOf(root.roles[role].keyIds) !== null,
    );
  }

  /** Id of the key that signs. */
  keyIdOf(role: OnlineRole): string | null {
    return this.current[role][0]?.keyId ?? null;
  }

  private async signersOf(role: OnlineRole, root: Root, others: readonly Root[]): Promise<Signer[]> {
    const paths = [root, ...others].map((each) => this.ring.newestOf(each.roles[role].keyIds));
    const distinct = [...new Set(paths.filter((path) => path !== null))];
    if (distinct.length === 0) {
      const keyId = root.roles[role].keyIds.join(' ');
      throw new SignerError('key.not-in-role', `no key that root ${root.version} lists for ${role} is here`, {
        role,
        keyId,
      });
    }
    return Promise.all(distinct.map((path) => this.ring.open(path)));
  }

  private signing(role: OnlineRole): RoleSigner {
    const current = (): readonly Signer[] => this.current[role];
    return {
      sign: (message) => current()[0]!.sign(message),
      get coSigners() {
        return current().slice(1);
      },
    };
  }
}
