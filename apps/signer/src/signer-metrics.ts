import type { Metrics } from '@rind/nest-kit';
import type { SweepReport } from './garbage/sweep-report.ts';
import type { WriterWatch } from './health/writer-watch.ts';
import type { PublishedState } from './published/published-state.ts';
import type { CountStoreCall } from './store/counting-store.ts';

/**
 * The signer's numbers (docs/reference/metrics.md). What depends on the time is computed when it is asked for;
 * a standby knows neither queue nor expiry and answers NaN, which no comparison of an alarm meets.
 */
export class SignerMetrics {
  readonly observeStep: (step: string, seconds: number) => void;
  readonly countPublication: (outcome: string, bins: number) => void;
  readonly countStoreCall: CountStoreCall;
  /** A step of a publication is made again. */
  readonly countRetry: () => void;
  /** What a sweep found and did, once it has ended. */
  readonly showSweep: (report: SweepReport) => void;
  private readonly metrics: Metrics;
  private readonly nowMs: () => number;
  private state: PublishedState | null = null;
  private firstBinExpiresMs = Number.POSITIVE_INFINITY;
  private oldestEnqueuedMs: number | null = null;

  constructor(metrics: Metrics, nowMs: () => number) {
    this.metrics = metrics;
    this.nowMs = nowMs;
    const steps = metrics.histogram(
      'rind_publish_seconds',
      'How long each step of a publication took.',
      ['step'],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    );
    this.observeStep = (step, seconds) => steps.observe({ step }, seconds);
    const publications = metrics.counter('rind_publications_total', 'Publications by outcome.', ['outcome']);
    const bins = metrics.counter('rind_bins_signed_total', 'Bins signed and published.');
    this.countPublication = (outcome, signed) => {
      publications.inc({ outcome });
      if (signed > 0) bins.inc(signed);
    };
    const calls = metrics.counter('rind_store_calls_total', 'Calls to the object store.', ['op', 'outcome']);
    this.countStoreCall = (op, outcome, times = 1) => calls.inc({ op, outcome }, times);
    const retries = metrics.counter(
      'rind_publish_retries_total',
      'Steps of publications that were made again.',
    );
    this.countRetry = () => retries.inc();
    const deleted = metrics.counter('rind_gc_deleted_total', 'Objects that sweeps deleted.', ['area']);
    const waiting = metrics.gauge('rind_gc_unreferenced', 'Objects that nothing needs, by the last sweep.', [
      'area',
    ]);
    this.showSweep = ({ byArea }) => {
      for (const [area, counts] of Object.entries(byArea)) {
        if (counts.deleted > 0) deleted.inc({ area }, counts.deleted);
        waiting.set({ area }, counts.waiting + Math.max(0, counts.deletable - counts.deleted));
      }
    };
    metrics.observe('rind_queue_age_seconds', 'Age of the oldest request that waits.', () =>
      this.queueAgeSeconds(nowMs()),
    );
    metrics.observe(
      'rind_valid_for_seconds',
      'Until the first of timestamp, snapshot and any bin expires.',
      () => this.validForSeconds(nowMs()),
    );
  }

  /** What is asked of the writer at each scrape. */
  showWriter(watch: WriterWatch): void {
    const { metrics, nowMs } = this;
    metrics.observe('rind_lease_held', 'Whether this process holds the lease of the writer.', () =>
      watch.sight.fence === null ? 0 : 1,
    );
    metrics.observe(
      'rind_lease_fence',
      'Fence of the lease that this process holds.',
      () => watch.sight.fence ?? Number.NaN,
    );
    metrics.observe(
      'rind_held_rows',
      'Requests that a quota or a damaged bin holds back.',
      () => watch.sight.heldRows,
    );
    metrics.observe('rind_held_age_seconds', 'Age of the oldest request that is held back.', () => {
      const { oldestHeldMs } = watch.sight;
      return oldestHeldMs === null ? 0 : Math.max(0, nowMs() - oldestHeldMs) / 1000;
    });
    metrics.observe(
      'rind_writer_silent_seconds',
      'Since the writer last got something done.',
      () => (watch.sight.silentForMs ?? Number.NaN) / 1000,
    );
  }

  /** How many bins cannot be built. */
  showUnproven(count: () => number): void {
    this.metrics.observe('rind_unproven_bins', 'Bins that are damaged and that nothing proves.', count);
  }

  /** What was shown last; null before this process became the writer. */
  get shown(): PublishedState | null {
    return this.state;
  }

  /** What this process published last, or found when it became the writer. */
  showState(state: PublishedState): void {
    this.state = state;
  }

  /** When the first of all bins expires, milliseconds since 1970. */
  showFirstBin(expiresMs: number): void {
    this.firstBinExpiresMs = expiresMs;
  }

  /** When the oldest request that waits came in, milliseconds since 1970; null when none waits. */
  showQueue(oldestEnqueuedMs: number | null): void {
    this.oldestEnqueuedMs = oldestEnqueuedMs;
  }

  private queueAgeSeconds(nowMs: number): number {
    if (this.state === null) return Number.NaN;
    if (this.oldestEnqueuedMs === null) return 0;
    return Math.max(0, nowMs - this.oldestEnqueuedMs) / 1000;
  }

  private validForSeconds(nowMs: number): number {
    if (this.state === null) return Number.NaN;
    const { timestampExpiresMs, snapshotExpiresMs } = this.state;
    return (Math.min(timestampExpiresMs, snapshotExpiresMs, this.firstBinExpiresMs) - nowMs) / 1000;
  }
}
