import { z } from 'zod';
import { requestJson } from '../http.ts';
import type { Output } from '../output.ts';

const role = z.object({ version: z.number(), expires: z.string() });
const status = z.looseObject({
  healthy: z.boolean(),
  problems: z.array(
    z.looseObject({ code: z.string(), severity: z.string(), message: z.string(), remedy: z.string() }),
  ),
  root: role,
  timestamp: role,
  snapshot: role,
  targets: role,
  bins: z.object({
    count: z.number(),
    encoding: z.string(),
    oldestExpires: z.string().nullable(),
    largestBytes: z.number().nullable(),
  }),
  queue: z.object({ depth: z.number(), oldestMs: z.number().nullable(), setAside: z.number() }),
  lease: z.object({ holder: z.string().nullable(), fence: z.number() }),
  validForMs: z.number(),
  lastPublication: z
    .looseObject({
      id: z.number(),
      state: z.string(),
      files: z.number(),
      bins: z.number(),
      closedAt: z.string().nullable(),
    })
    .nullable(),
});

export type StatusDocument = z.output<typeof status>;

/** Prints the state; answers whether it is healthy. */
export async function showStatus(url: string, output: Output): Promise<boolean> {
  const raw = await requestJson(`${url}/api/v1/status`);
  const document = status.parse(raw);
  output.result(raw, describeStatus(document));
  return document.healthy;
}

/** What is wrong and what to do comes first. */
export function describeStatus(document: StatusDocument): string {
  const problems = document.problems.map(
    ({ severity, code, message, remedy }) =>
      `  ${severity === 'error' ? '✗' : '!'} ${message} [${code}]\n    → ${remedy}`,
  );
  const { queue, lease, bins, lastPublication: last } = document;
  return [
    document.healthy ? '✓ healthy' : '✗ not healthy',
    ...problems,
    `  valid for   ${hours(document.validForMs)} (the first of timestamp, snapshot and any bin to expire)`,
    `  root        ${describeRole(document.root)}`,
    `  targets     ${describeRole(document.targets)}`,
    `  snapshot    ${describeRole(document.snapshot)}`,
    `  timestamp   ${describeRole(document.timestamp)}`,
    `  bins        ${bins.count} ${bins.encoding}, oldest expires ${bins.oldestExpires ?? '—'}, largest ${bins.largestBytes ?? 0} bytes`,
    `  queue       ${queue.depth} waiting${queue.oldestMs === null ? '' : `, oldest ${Math.round(queue.oldestMs)} ms`}, ${queue.setAside} set aside`,
    `  writer      ${lease.holder ?? 'none'} (fence ${lease.fence})`,
    `  last        ${last === null ? 'no publication yet' : `publication ${last.id}: ${last.state}, ${last.files} files, ${last.bins} bins, ${last.closedAt ?? 'open'}`}`,
  ].join('\n');
}

function describeRole({ version, expires }: { version: number; expires: string }): string {
  return `version ${version}, expires ${expires}`;
}

function hours(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
