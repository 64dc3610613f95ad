import type { SweeperReport } from '../garbage/sweeper.ts';
import type { SweepRun } from '../garbage/sweep-runs.ts';
import type { WriterReport } from '../writer/writer-parts.ts';
import type { Base } from './base.ts';

/** What a sweep tells logs and metrics. */
export function sweeperReport({ logger, numbers }: Base): SweeperReport {
  const told = ({ mode, by, report }: SweepRun): Record<string, unknown> => {
    if (report !== null) numbers.showSweep(report);
    return { mode, by, ...report };
  };
  return {
    ended: (run) => logger.info('gc.ended', told(run)),
    failed: (run, error) => logger.warn('gc.failed', { ...told(run), error }),
  };
}

/** What the writer tells logs and metrics. */
export function writerReport({ logger, numbers, watch }: Base, becameActive: () => void): WriterReport {
  return {
    standby: () => logger.info('writer.standby'),
    active: (fence, state) => {
      numbers.showState(state);
      becameActive();
      logger.info('writer.active', {
        fence,
        timestamp: state.timestampVersion,
        snapshot: state.snapshotVersion,
      });
    },
    queue: (oldestEnqueuedMs) => numbers.showQueue(oldestEnqueuedMs),
    published: (kind, state, seconds, bins) => {
      numbers.countPublication('published', bins);
      numbers.showState(state);
      logger.info('publication.closed', {
        publication: watch.lastPublication,
        kind,
        bins,
        seconds,
        timestamp: state.timestampVersion,
      });
    },
    abandoned: (reason) => {
      numbers.countPublication('abandoned', 0);
      logger.warn('publication.abandoned', { publication: watch.lastPublication, reason });
    },
    warn: (event, detail) => logger.warn(event, { ...detail }),
  };
}
