import { z } from 'zod';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readForm, requestJson } from '../http.ts';
import type { Invocation } from '../invocation.ts';
import { describeDuration } from '../moment.ts';
import { withoutSlash } from '../repository-source.ts';

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

export interface StatusOptions {
  readonly url?: string;
}

/** Prints the state; `failed` when it is not healthy. */
export async function showStatus(
  { instance, clock, output }: Invocation,
  options: StatusOptions,
): Promise<ExitCode> {
  const url = `${withoutSlash(options.url ?? instance().url)}/api/v1/status`;
  const answer = await requestJson(url);
  const document = readForm(url, status, answer);
  output.result(answer, describeStatus(document, clock.nowMs()));
  return document.healthy ? exitCodes.ok : exitCodes.failed;
}

/** What is wrong and what to do comes first. */
export function describeStatus(document: StatusDocument, nowMs: number): string {
  const { healthy, problems, bins, queue, lease, lastPublication: last } = document;
  const expiry = (date: string): string => describeExpiry(date, nowMs);
  const rows: [label: string, text: string][] = [
    ['valid for', `${describeDuration(document.validForMs)}, until timestamp, snapshot or a bin expires`],
    ...(['root', 'targets', 'snapshot', 'timestamp'] as const).map((name): [string, string] => [
      name,
      `version ${document[name].version}, ${expiry(document[name].expires)}`,
    ]),
    ['bins', describeBins(bins, expiry)],
    ['queue', describeQueue(queue)],
    ['writer', lease.holder === null ? 'none' : `${lease.holder} (fence ${lease.fence})`],
    ['last', last === null ? 'nothing published yet' : describePublication(last)],
  ];
  return [
    healthy ? '✓ healthy' : '✗ not healthy',
    ...problems.map(
      ({ severity, code, message, remedy }) =>
        `  ${severity === 'error' ? '✗' : '!'} ${message} [${code}]\n    → ${remedy}`,
    ),
    ...rows.map(([label, text]) => `  ${label.padEnd(10)} ${text}`),
  ].join('\n');
}

function describeExpiry(date: string, nowMs: number): string {
  const left = Date.parse(date) - nowMs;
  return left > 0 ? `expires in ${describeDuration(left)} (${date})` : `EXPIRED ${date}`;
}

function describeBins(
  { count, encoding, oldestExpires, largestBytes }: StatusDocument['bins'],
  expiry: (date: string) => string,
): string {
  const oldest = oldestExpires === null ? '' : `, the oldest ${expiry(oldestExpires)}`;
  return `${count} ${encoding}${oldest}, the largest has ${largestBytes ?? 0} bytes`;
}

function describeQueue({ depth, oldestMs, setAside }: StatusDocument['queue']): string {
  const waiting =
    depth === 0 ? 'empty' : `${depth} waiting, the oldest for ${describeDuration(oldestMs ?? 0)}`;
  return setAside === 0 ? waiting : `${waiting}; ${setAside} set aside`;
}

function describePublication(last: NonNullable<StatusDocument['lastPublication']>): string {
  const { id, state, files, bins, closedAt } = last;
  return `publication ${id}: ${state}, ${counted(files, 'file')} in ${counted(bins, 'bin')}, ${closedAt ?? 'still open'}`;
}
