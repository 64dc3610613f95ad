import { z } from 'zod';
import { PassedOnRefusal } from '../errors.ts';
import type { HttpAnswer } from './http-call.ts';

const problem = z.object({
  code: z.string().regex(/^[a-z0-9.-]{1,100}$/),
  detail: z.string().max(4_096).optional(),
  title: z.string().max(200).optional(),
  grantId: z.uuidv4().optional(),
});

/** JSON of an answer, checked; undefined when it is anything else. */
export function jsonOf<Output>(answer: HttpAnswer, schema: z.ZodType<Output>): Output | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(answer.body)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The refusal that an answer of another status carries, ready to be passed on; undefined when it has none.
 * `internal.*` is a quarrel between processes, not with the author: it is never passed on.
 */
export function refusalOf(answer: HttpAnswer, statuses: readonly number[]): PassedOnRefusal | undefined {
  if (!statuses.includes(answer.status)) return undefined;
  const said = jsonOf(answer, problem);
  if (said === undefined || said.code.startsWith('internal.') || said.code.startsWith('request.'))
    return undefined;
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  const details = {
    status: answer.status,
    ...(Number.isFinite(seconds) ? { retryAfterSeconds: Math.min(Math.max(1, seconds), 600) } : {}),
    ...(said.grantId === undefined ? {} : { grantId: said.grantId }),
  };
  return new PassedOnRefusal(said.code, said.detail ?? said.title ?? said.code, details);
}
