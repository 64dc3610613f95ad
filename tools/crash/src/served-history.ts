import { setTimeout as sleep } from 'node:timers/promises';
import { hashHex } from '@rind/crypto';
import { parseTimestamp } from '@rind/metadata';
import type { PublishedStore } from './published-store.ts';

/** A timestamp that was served. */
export interface ServedTimestamp {
  readonly version: number;
  readonly sha256: string;
  readonly snapshot: number;
}

/**
 * Reads the timestamp without a pause, and keeps every one that was ever served. What is wrong with them, one by one:
 * a version that goes back, one that comes with other bytes, a snapshot version that goes back, a timestamp that is
 * not there or cannot be read.
 */
export class ServedHistory {
  readonly served: ServedTimestamp[] = [];
  readonly wrong: string[] = [];
  reads = 0;
  private readonly store: PublishedStore;
  private readonly pauseMs: number;
  private running = true;
  private readonly loop: Promise<void>;

  constructor(store: PublishedStore, pauseMs: number) {
    this.store = store;
    this.pauseMs = pauseMs;
    this.loop = this.watch();
  }

  get last(): ServedTimestamp | undefined {
    return this.served.at(-1);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async watch(): Promise<void> {
    while (this.running) {
      try {
        const bytes = await this.store.read('metadata/timestamp.json');
        if (bytes === null) throw new Error('there is no timestamp');
        this.take(bytes);
      } catch (error) {
        this.wrong.push(`read ${this.reads}: ${String(error)}`);
      }
      this.reads += 1;
      await sleep(this.pauseMs);
    }
  }

  private take(bytes: Uint8Array): void {
    const sha256 = hashHex('sha256', bytes);
    const { last } = this;
    if (last?.sha256 === sha256) return;
    const { signed } = parseTimestamp(bytes);
    const next = { version: signed.version, sha256, snapshot: signed.snapshotMeta.version };
    if (last !== undefined && next.version <= last.version) {
      this.wrong.push(`timestamp ${next.version} (${sha256}) after ${last.version} (${last.sha256})`);
    }
    if (last !== undefined && next.snapshot < last.snapshot) {
      this.wrong.push(`snapshot ${next.snapshot} after ${last.snapshot}`);
    }
    this.served.push(next);
  }
}
