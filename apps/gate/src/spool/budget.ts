import { GateError } from '../errors.ts';

/** Bytes promised to one upload; `release` is idempotent. */
export interface Reservation {
  /** Raises the promise to `bytes` in all. @throws GateError `spool.full` */
  growTo(bytes: number): void;
  release(): void;
}

/** What all uploads together may occupy, promised before it is written: ten half uploads help nobody. */
export class SpoolBudget {
  private reserved = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get reservedBytes(): number {
    return this.reserved;
  }

  reserve(bytes: number): Reservation {
    let mine = 0;
    let released = false;
    const growTo = (wanted: number) => {
      const more = wanted - mine;
      if (more <= 0) return;
      if (released || this.reserved + more > this.maxBytes) throw spoolFull();
      this.reserved += more;
      mine = wanted;
    };
    growTo(bytes);
    return {
      growTo,
      release: () => {
        if (!released) this.reserved -= mine;
        released = true;
      },
    };
  }
}

export function spoolFull(cause?: unknown): GateError {
  const text = 'No room for uploads at the moment. Try again in a moment.';
  const details = { status: 503, retryAfterSeconds: 10 } as const;
  return new GateError('spool.full', text, details, cause === undefined ? undefined : { cause });
}
