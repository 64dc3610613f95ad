import { SignerError } from '../errors.ts';

/** What one may want to know of the writer in this process without disturbing it. */
export interface WriterSight {
  /** Null: standby, or no longer the holder. */
  readonly fence: number | null;
  /** Requests that wait for a quota to allow them. */
  readonly heldRows: number;
  /** When the oldest of them came in, milliseconds since 1970; null when there is none. */
  readonly oldestHeldMs: number | null;
  /** Milliseconds since the writer last got something done; null on a standby. */
  readonly silentForMs: number | null;
}

/**
 * Sees whether the writer gets on. Waiting for work counts as getting on, a step that fails again and again does
 * not: only what the record took, or gave, is a sign of life.
 */
export class WriterWatch {
  private readonly elapsedMs: () => number;
  private fence: number | null = null;
  private lastSignMs = 0;
  private publication: number | null = null;
  private held: { readonly rows: number; readonly oldestMs: number | null } = { rows: 0, oldestMs: null };

  /** @param elapsedMs a monotonic clock */
  constructor(elapsedMs: () => number) {
    this.elapsedMs = elapsedMs;
  }

  get sight(): WriterSight {
    const { fence, held } = this;
    return {
      fence,
      heldRows: fence === null ? 0 : held.rows,
      oldestHeldMs: fence === null ? null : held.oldestMs,
      silentForMs: fence === null ? null : this.elapsedMs() - this.lastSignMs,
    };
  }

  /** The publication that was opened last, whatever became of it; null before the first. */
  get lastPublication(): number | null {
    return this.publication;
  }

  opened(publication: number): void {
    this.publication = publication;
    this.signOfLife();
  }

  leaseTaken(fence: number): void {
    this.fence = fence;
    this.signOfLife();
  }

  leaseGone(fence: number): void {
    if (this.fence === fence) this.fence = null;
  }

  signOfLife(): void {
    this.lastSignMs = this.elapsedMs();
  }

  showHeld(rows: number, oldestMs: number | null): void {
    this.held = { rows, oldestMs };
  }

  /**
   * For `/readyz`: a standby is as good as a writer that gets on.
   * @throws SignerError `writer.stuck`
   */
  check(stuckAfterMs: number): void {
    const { silentForMs } = this.sight;
    if (silentForMs === null || silentForMs <= stuckAfterMs) return;
    const text = `the writer has got nothing done for ${Math.floor(silentForMs / 1000)} s`;
    throw new SignerError('writer.stuck', text, { silentForMs });
  }
}
