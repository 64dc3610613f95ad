import { isRindError } from '@rind/kernel';
import { z } from 'zod';
import { counted } from '../counted.ts';
import { CliError } from '../errors.ts';
import { requestForm } from '../http.ts';
import type { LocalInstance } from '../instance.ts';
import type { Invocation } from '../invocation.ts';

export interface GcOptions {
  readonly delete?: boolean;
}

const area = z.object({
  scanned: z.number(),
  kept: z.number(),
  waiting: z.number(),
  deletable: z.number(),
  deleted: z.number(),
});
const report = area.extend({
  unreferenced: z.number(),
  byArea: z.object({ metadata: area, pages: area, packages: area }),
});
const run = z.object({
  id: z.number(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  report: report.nullable(),
  reason: z.string().nullable(),
});

export type GcReport = z.output<typeof report>;
type Run = z.output<typeof run>;

const pollMs = 250;

/** Asks the writer among the signers for a sweep of the store, and follows it to its end. */
export async function sweep({ instance, output }: Invocation, options: GcOptions): Promise<void> {
  const deletes = options.delete === true;
  const found = instance();
  const headers = { authorization: `Bearer ${found.operator.signerSecret}` };
  const { signer, id } = await askWriter(found, headers, deletes);
  for (;;) {
    const {
      state,
      report: soFar,
      reason,
    } = await requestForm(`${signer}/internal/gc/${id}`, run, { headers });
    if (state === 'failed') {
      const message = `the sweep ended early (${reason ?? 'unknown'}); the next one goes on from there`;
      throw new CliError('gc.failed', message, { reason: reason ?? 'unknown' });
    }
    if (state === 'done' && soFar !== null) {
      output.result({ ok: true, ...soFar }, describeReport(soFar, deletes));
      return;
    }
    output.progress(
      soFar === null ? 'waiting for the signer' : `looked at ${soFar.scanned}, deleted ${soFar.deleted}`,
    );
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function askWriter(
  { endpoints }: LocalInstance,
  headers: Readonly<Record<string, string>>,
  deletes: boolean,
): Promise<{ signer: string; id: Run['id'] }> {
  for (const signer of endpoints.signer) {
    try {
      const { id } = await requestForm(`${signer}/internal/gc`, run, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ delete: deletes }),
      });
      return { signer, id };
    } catch (error) {
      if (!isNotTheWriter(error)) throw error;
    }
  }
  throw new CliError('writer.not-found', 'no signer of the instance is the writer just now', {
    tried: endpoints.signer,
  });
}

/** A standby says so; one that does not answer may be starting, or gone for good. */
function isNotTheWriter(error: unknown): boolean {
  if (!isRindError(error, 'network.failed')) return false;
  const { status, code } = (error as CliError<'network.failed'>).details;
  return status === null || code === 'writer.standby';
}

/** What was found first, then where. */
export function describeReport(found: GcReport, deletes: boolean): string {
  const { scanned, deletable, waiting, deleted, byArea } = found;
  const head = deletes
    ? `✓ ${counted(deleted, 'object')} deleted`
    : `${counted(deletable, 'object')} could be deleted: rind gc --delete`;
  const rows = Object.entries(byArea).map(
    ([name, counts]) =>
      `  ${name.padEnd(9)} ${counts.scanned} looked at, ${counts.kept} needed, ${counts.waiting} waiting, ` +
      `${counts.deletable} deletable, ${counts.deleted} deleted`,
  );
  const tail = `  ${counted(scanned, 'object')} looked at, ${waiting} not needed and within the grace period`;
  return [head, ...rows, tail].join('\n');
}
