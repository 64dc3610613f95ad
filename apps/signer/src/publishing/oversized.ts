import type { RindError } from '@rind/kernel';
import type { SetAsideRow } from '@rind/queue-port';
import type { PlannedBatch } from './batch-planner.ts';
import type { PublishingPlan } from './plan.ts';

/** The rows whose paths lie in the bin that would grow too large. */
export function oversizedRows(cause: RindError, plan: PublishingPlan, batch: PlannedBatch): SetAsideRow[] {
  const { role } = cause.details as { role: string };
  const index = Number.parseInt(role.slice(role.lastIndexOf('-') + 1), 16);
  const paths = new Set((plan.bins.get(index) ?? []).map(({ path }) => path));
  const pages = new Set(plan.pages.filter((page) => paths.has(page.targetPath)).map((page) => page.project));
  const rows: SetAsideRow[] = [];
  for (const path of plan.record.paths) {
    if (!paths.has(path.targetPath) && !pages.has(path.project)) continue;
    for (const outboxId of batch.rowsByPath.get(path.targetPath) ?? []) {
      rows.push({
        outboxId,
        reason: 'bin.too-large',
        audit: {
          event: 'bin.too-large',
          project: path.project,
          target: path.targetPath,
          detail: cause.details as Record<string, unknown>,
        },
      });
    }
  }
  return rows;
}
