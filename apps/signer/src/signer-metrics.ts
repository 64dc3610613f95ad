import type { Metrics } from '@rind/nest-kit';
import type { PublishedState } from './published/published-state.ts';

/** The signer's numbers (docs/reference/metrics.md). */
export class SignerMetrics {
  readonly observeStep: (step: string, seconds: number) => void;
  readonly countPublication: (outcome: string, bins: number) => void;
  readonly showState: (state: PublishedState) => void;
  readonly showQueue: (oldestSeconds: number) => void;
  readonly countStoreCall: (op: string, outcome: string) => void;
  private validUntilMs = 0;

  constructor(metrics: Metrics, nowMs: () => number) {
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
    const queue = metrics.gauge('rind_queue_age_seconds', 'Age of the oldest request that waits.');
    this.showQueue = (seconds) => queue.set(seconds);
    const calls = metrics.counter('rind_store_calls_total', 'Calls to the object store.', ['op', 'outcome']);
    this.countStoreCall = (op, outcome) => calls.inc({ op, outcome });
    const valid = metrics.gauge('rind_valid_for_seconds', 'Until timestamp or snapshot expires.');
    this.showState = (state) => {
      this.validUntilMs = Math.min(state.timestampExpiresMs, state.snapshotExpiresMs);
      valid.set((this.validUntilMs - nowMs()) / 1000);
    };
  }
}
