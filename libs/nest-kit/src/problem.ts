import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isRindError } from '@rind/kernel';
import { answerText } from './answer-text.ts';

/** How an app answers one error code. */
export interface ProblemRule {
  readonly status: number;
  /** Names of details that the caller may see. */
  readonly expose?: readonly string[];
  /** Seconds for `Retry-After`; details.retryAfterSeconds wins. Statuses 429 and 503 always carry one. */
  readonly retryAfterSeconds?: number;
}

/** Error code → answer. A code that is not listed is an internal error. */
export type ProblemTable = Readonly<Record<string, ProblemRule>>;

/** RFC 9457 problem document, with our code beside the registered members. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly [detail: string]: unknown;
}

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly retryAfterSeconds?: number;
}

const defaultRetryAfterSeconds = 5;

/** What the kit itself throws. */
const ownProblems: ProblemTable = {
  'request.malformed': { status: 400, expose: ['problems'] },
  'internal.denied': { status: 403 },
};

/** Codes for what the framework refuses before a handler runs. */
const frameworkCodes: Readonly<Record<number, string>> = {
  400: 'request.malformed',
  404: 'request.not-found',
  405: 'request.method-not-allowed',
  408: 'request.timeout',
  413: 'request.too-large',
  414: 'request.uri-too-long',
  415: 'request.unsupported-media-type',
  431: 'request.headers-too-large',
};

/** The public face of anything thrown, its texts no longer than `answerText` leaves them. Unknown errors become a 500 that says nothing. */
export function toProblem(error: unknown, table: ProblemTable): ProblemAnswer {
  if (isRindError(error)) {
    const rule = table[error.code] ?? ownProblems[error.code];
    if (rule !== undefined) return fromRule(error.code, error.message, error.details as Details, rule);
  } else {
    const status = frameworkStatus(error);
    if (status !== undefined)
      return { problem: document(status, frameworkCodes[status] ?? 'request.refused') };
  }
  return { problem: document(500, 'internal.error') };
}

type Details = Readonly<Record<string, unknown>>;

function fromRule(code: string, message: string, details: Details, rule: ProblemRule): ProblemAnswer {
  const exposed: Record<string, unknown> = {};
  for (const name of rule.expose ?? []) {
    const detail = details[name];
    if (detail !== undefined) exposed[name] = typeof detail === 'string' ? answerText(detail) : detail;
  }
  const problem = document(rule.status, code, answerText(message), exposed);
  const asked = details['retryAfterSeconds'];
  const retryAfterSeconds = typeof asked === 'number' ? asked : rule.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) return { problem, retryAfterSeconds };
  const busy = rule.status === 503 || rule.status === 429;
  return busy ? { problem, retryAfterSeconds: defaultRetryAfterSeconds } : { problem };
}

function document(status: number, code: string, detail?: string, exposed: Details = {}): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    ...exposed,
    type: 'about:blank',
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    code,
  };
}

/** The 4xx status that Nest or Fastify gave an error of their own. */
function frameworkStatus(error: unknown): number | undefined {
  const status: unknown =
    error instanceof HttpException
      ? error.getStatus()
      : error instanceof Error && 'statusCode' in error
        ? error.statusCode
        : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
