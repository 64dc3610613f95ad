import { uploadNotFound, WarehouseError } from '../errors.ts';
import { isFinal } from './receipt.ts';
import type { Receipt } from './receipt.ts';

/** Receipts of those of the uploads that exist, in no order. */
export type ReadReceipts = (ids: readonly string[]) => Promise<Receipt[]>;

interface Waiter {
  readonly id: string;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** Signals may be lost; nobody waits longer than this for a look. */
const lookEveryMs = 2_000;

/**
 * Receipts, at once or as soon as they are final.
 *
 * Invariants, in the order in which the code keeps them:
 * 1. At most `maxWaiters` wait at one time.
 * 2. Whoever waits was looked up at least once after it began to wait: a signal cannot fall between.
 * 3. One look at a time, for all that wait; a signal during a look causes one more.
 * 4. A waiter that timed out, or whose client went away, holds nothing.
 */
export class ReceiptDesk {
  private readonly read: ReadReceipts;
  private readonly maxWaiters: number;
  private readonly waiters = new Set<Waiter>();
  private looking: Promise<void> | undefined;
  private again = false;
  private timer: NodeJS.Timeout | undefined;
  private released = false;

  constructor(read: ReadReceipts, maxWaiters: number) {
    this.read = read;
    this.maxWaiters = maxWaiters;
  }

  get waiting(): number {
    return this.waiters.size;
  }

  /**
   * The receipt when it is final, after `waitMs`, or when `gone` fires: whichever comes first.
   * @throws WarehouseError `upload.not-found`, `receipt.too-many-waiters`
   */
  async receipt(id: string, waitMs: number, gone: AbortSignal): Promise<Receipt> {
    if (waitMs > 0 && !this.released) {
      const final = await this.finalWithin(id, waitMs, gone);
      if (final !== undefined) return final;
    }
    const [receipt] = await this.read([id]);
    if (receipt === undefined) throw uploadNotFound();
    return receipt;
  }

  /** Something may have become final. */
  signal(): void {
    if (this.waiters.size === 0) return;
    this.again = true;
    this.looking ??= this.look();
  }

  /** Answers all that wait with what is known: the process is about to end. */
  release(): void {
    this.released = true;
    for (const { reject } of [...this.waiters]) reject(undefined);
  }

  private async finalWithin(id: string, waitMs: number, gone: AbortSignal): Promise<Receipt | undefined> {
    if (this.waiters.size >= this.maxWaiters) {
      const text = 'Too many clients wait for receipts. Ask again without waiting.';
      throw new WarehouseError('receipt.too-many-waiters', text, { retryAfterSeconds: 2 });
    }
    let waiter: Waiter | undefined;
    let timer: NodeJS.Timeout | undefined;
    const stop = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), waitMs);
      gone.addEventListener('abort', () => resolve(undefined), { once: true });
      if (gone.aborted) resolve(undefined);
    });
    const final = new Promise<Receipt>((resolve, reject) => {
      waiter = { id, resolve, reject };
      this.waiters.add(waiter);
    });
    this.timer ??= setInterval(() => this.signal(), lookEveryMs);
    this.signal();
    try {
      return await Promise.race([final, stop]);
    } catch (error) {
      if (error === undefined) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
      this.waiters.delete(waiter!);
      if (this.waiters.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    }
  }

  private async look(): Promise<void> {
    while (this.again) {
      this.again = false;
      const asked = [...this.waiters];
      try {
        const receipts = await this.read([...new Set(asked.map(({ id }) => id))]);
        settle(asked, new Map(receipts.map((receipt) => [receipt.id, receipt])));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.looking = undefined;
  }
}

function settle(waiters: readonly Waiter[], receipts: ReadonlyMap<string, Receipt>): void {
  for (const { id, resolve, reject } of waiters) {
    const receipt = receipts.get(id);
    if (receipt === undefined) reject(uploadNotFound());
    else if (isFinal(receipt)) resolve(receipt);
  }
}
