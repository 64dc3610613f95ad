import { messageOf, monotonicMs } from '@rind/kernel';
import type { AuthLog } from '../auth-log/auth-log.ts';

/** Auth that did not answer is not waited for again until then. */
const pauseMs = 5_000;
const warnEveryMs = 60_000;

const none: ReadonlySet<string> = new Set();

/**
 * Which grants of a batch auth took back. An outage of auth must not stop publications of uploads that were
 * answered with 200: without an answer none counts as taken back, and the log says so once a minute.
 */
export class VoidedGrants {
  private readonly log: Pick<AuthLog, 'voided'>;
  private readonly warn: (event: string, detail: object) => void;
  private readonly nowMs: () => number;
  private askAgainMs = Number.NEGATIVE_INFINITY;
  private warnAgainMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs monotonic milliseconds */
  constructor(
    log: Pick<AuthLog, 'voided'>,
    warn: (event: string, detail: object) => void,
    nowMs: () => number = monotonicMs,
  ) {
    this.log = log;
    this.warn = warn;
    this.nowMs = nowMs;
  }

  /** Never rejects. */
  async among(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return none;
    if (this.nowMs() < this.askAgainMs) return this.unanswered(ids.length, 'not asked again yet');
    try {
      return await this.log.voided(ids);
    } catch (error) {
      this.askAgainMs = this.nowMs() + pauseMs;
      return this.unanswered(ids.length, messageOf(error));
    }
  }

  private unanswered(grants: number, reason: string): ReadonlySet<string> {
    if (this.nowMs() >= this.warnAgainMs) {
      this.warnAgainMs = this.nowMs() + warnEveryMs;
      this.warn('grants.unverified', { grants, reason });
    }
    return none;
  }
}
