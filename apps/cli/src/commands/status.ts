import { z } from 'zod';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readForm, requestJson } from '../http.ts';
import type { Invocation } from '../invocation.ts';
import { describeDuration } from '../moment.ts';
import { withoutSlash } from '../repository-source.ts';

/** An operator in a hurry asks again rather than wait. */
const timeoutMs = 10_000;
/** Columns of what is wrong and what to do; the table is narrower. */
const width = 96;

const role = z.object({ version: z.number(), expires: z.string() }).nullable();
const status = z.looseObject({
  /** By the clock of the index; older ones do not say it. */
  at: z.string().optional(),
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
  queue: z.object({
    depth: z.number(),
    oldestMs: z.number().nullable(),
    setAside: z.number(),
    held: z.number().default(0),
    blocked: z.number().default(0),
  }),
  lease: z.object({ holder: z.string().nullable(), fence: z.number() }),
  validForMs: z.number(),
  lastPublication: z
    .looseObject({
      id: z.number(),
      state: z.string(),
      files: z.number(),
      bins: z.number(),
      durationMs: z.number().nullable().default(null),
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
  const answer = await requestJson(url, { signal: AbortSignal.timeout(timeoutMs) });
  const document = readForm(url, status, answer);
  output.result(answer, describeStatus(document, clock.nowMs()));
  return document.healthy ? exitCodes.ok : exitCodes.failed;
}

/** What is wrong and what to do comes first, then the whole in a table. */
export function describeStatus(document: StatusDocument, nowMs: number): string {
  const { healthy, problems, bins, queue, lease, lastPublication: last } = document;
  // What expires does so by the clock of the index, whatever ours says.
  const thereMs = document.at === undefined ? nowMs : Date.parse(document.at);
  const expiry = (date: string): string => describeExpiry(date, thereMs);
  const rows: [label: string, text: string][] = [
    ['valid for', describeValidity(document.validForMs, document.timestamp)],
    ...(['root', 'targets', 'snapshot', 'timestamp'] as const).map((name): [string, string] => [
      name,
      describeRole(document[name], expiry),
    ]),
    ['bins', describeBins(bins, thereMs)],
    ['queue', describeQueue(queue)],
    ['writer', lease.holder === null ? 'NONE holds the lease' : `${lease.holder} (fence ${lease.fence})`],
    ['last', last === null ? 'nothing published yet' : describePublication(last, nowMs)],
  ];
  return [
    healthy ? '✓ healthy' : `✗ not healthy: ${counted(problems.length, 'problem')}`,
    ...problems.flatMap(describeProblem),
    ...rows.map(([label, text]) => `  ${label.padEnd(10)} ${text}`),
  ].join('\n');
}

function describeProblem({ severity, code, message, remedy }: StatusDocument['problems'][number]): string[] {
  const sign = severity === 'error' ? '✗' : '!';
  return [...folded(`  ${sign} `, `${message} [${code}]`), ...folded('    → ', remedy)];
}

/** `text` after `lead`, in lines of at most `width` columns; later ones begin under the first word. */
function folded(lead: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && lead.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one, i) => (i === 0 ? lead : ' '.repeat(lead.length)) + one);
}

function describeValidity(validForMs: number, timestamp: StatusDocument['timestamp']): string {
  if (timestamp === null) return 'nothing is published yet';
  if (validForMs <= 0) return 'EXPIRED: timestamp, snapshot or a bin';
  return `${describeDuration(validForMs)}, until timestamp, snapshot or a bin expires`;
}

function describeRole(role: StatusDocument['root'], expiry: (date: string) => string): string {
  return role === null ? 'none yet' : `version ${role.version}, ${expiry(role.expires)}`;
}

function describeExpiry(date: string, nowMs: number): string {
  const left = Date.parse(date) - nowMs;
  return left > 0 ? `expires in ${describeDuration(left)} (${date})` : `EXPIRED ${date}`;
}

function describeBins(
  { count, encoding, oldestExpires, largestBytes }: StatusDocument['bins'],
  nowMs: number,
): string {
  const left = oldestExpires === null ? null : Date.parse(oldestExpires) - nowMs;
  const first =
    left === null
      ? ''
      : left > 0
        ? `, the first expires in ${describeDuration(left)}`
        : ', the first EXPIRED';
  return `${count} ${encoding}${first}, the largest has ${largestBytes ?? 0} bytes`;
}

function describeQueue({ depth, oldestMs, setAside, held, blocked }: StatusDocument['queue']): string {
  const waiting =
    depth === 0 ? 'empty' : `${depth} waiting, the oldest for ${describeDuration(oldestMs ?? 0)}`;
  return [
    waiting,
    ...(held === 0 ? [] : [`${held} of them held by a quota`]),
    ...(blocked === 0 ? [] : [`${blocked} of them waiting for a damaged bin`]),
    ...(setAside === 0 ? [] : [`${setAside} set aside (rind audit says why)`]),
  ].join('; ');
}

function describePublication(last: NonNullable<StatusDocument['lastPublication']>, nowMs: number): string {
  const { id, state, files, bins, closedAt, durationMs } = last;
  const took =
    durationMs === null
      ? ''
      : ` in ${durationMs < 1_000 ? `${Math.round(durationMs)} ms` : describeDuration(durationMs)}`;
  const when = closedAt === null ? 'not ended' : `${describeDuration(nowMs - Date.parse(closedAt))} ago`;
  return `publication ${id}: ${state} ${when}, ${counted(files, 'file')} and ${counted(bins, 'bin')}${took}`;
}
