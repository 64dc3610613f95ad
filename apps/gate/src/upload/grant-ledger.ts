import { readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@rind/nest-kit';
import { isAlive } from '../spool/process-alive.ts';
import type { AuthClient } from '../upstream/auth-client.ts';
import type { WarehouseClient } from '../upstream/warehouse-client.ts';

const entryName = /^gate-([0-9]{1,10})-([0-9a-f-]{36})\.grant$/;

export interface LedgerParts {
  readonly dir: string;
  readonly auth: Pick<AuthClient, 'voidGrant'>;
  readonly warehouse: Pick<WarehouseClient, 'grantUse'>;
  readonly settleAfterMs: number;
  readonly logger: Logger;
}

/**
 * Every grant that was asked for and whose end is not known yet, one empty file each, beside the spool.
 *
 * A grant that is neither used nor void makes the signer raise an alarm and keeps a project's name taken. Invariants:
 * 1. An entry exists from before the grant is asked for until it is known to be used, or is void.
 * 2. A grant is voided only when the warehouse refused it, or says that it was not used, and has had
 *    `settleAfterMs` to finish if the connection to it broke.
 * 3. Entries of a dead process are adopted by the next start; renaming the entry decides who adopts it.
 */
export class GrantLedger {
  private readonly parts: LedgerParts;
  private readonly unsettled = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(parts: LedgerParts) {
    this.parts = parts;
  }

  /** Grants whose end is still to be found out. */
  get unsettledCount(): number {
    return this.unsettled.size;
  }

  /** Adopts what dead processes left; gives the number. */
  async open(): Promise<number> {
    for (const name of await readdir(this.parts.dir)) {
      const [, pid, id] = entryName.exec(name) ?? [];
      if (pid === undefined || id === undefined) continue;
      if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
      const adopted = await rename(join(this.parts.dir, name), this.path(id)).then(
        () => true,
        () => false,
      );
      if (adopted) this.settleLater(id, 'the gate was stopped in the middle of the upload');
    }
    return this.unsettled.size;
  }

  /** Before a grant is asked for. */
  async begin(id: string): Promise<void> {
    await writeFile(this.path(id), '', { flag: 'wx', mode: 0o600 });
  }

  /** The grant was used, or never existed: nothing is left to do. */
  async end(id: string): Promise<void> {
    this.unsettled.delete(id);
    await unlink(this.path(id)).catch(() => {});
  }

  /** The grant was certainly not used. Tries at once, and goes on in the background when auth is away. */
  async void(id: string, reason: string): Promise<void> {
    try {
      await this.parts.auth.voidGrant(id, reason);
      await this.end(id);
    } catch (error) {
      this.parts.logger.warn('grant.void-postponed', { grantId: id, error });
      this.settleLater(id, reason);
    }
  }

  /** It is not known whether the grant was used: asks later, and voids it if not. */
  settleLater(id: string, reason: string): void {
    this.unsettled.set(id, reason);
    this.schedule();
  }

  /** Stops asking; the entries stay for the next start. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.closed || this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.settleAll(), this.parts.settleAfterMs);
    this.timer.unref();
  }

  private async settleAll(): Promise<void> {
    for (const [id, reason] of [...this.unsettled]) {
      try {
        const { used } = await this.parts.warehouse.grantUse(id);
        if (!used) await this.parts.auth.voidGrant(id, reason);
        await this.end(id);
        this.parts.logger.info('grant.settled', { grantId: id, used });
      } catch (error) {
        this.parts.logger.warn('grant.unsettled', { grantId: id, error });
        break;
      }
    }
    this.timer = undefined;
    if (this.unsettled.size > 0) this.schedule();
  }

  private path(id: string): string {
    return join(this.parts.dir, `gate-${process.pid}-${id}.grant`);
  }
}
