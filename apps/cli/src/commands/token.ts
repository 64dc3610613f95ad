import { z } from 'zod';
import { parseProjectName } from '@rind/index-model';
import { CliError } from '../errors.ts';
import { requestForm } from '../http.ts';
import type { Invocation } from '../invocation.ts';
import { dateOf } from '../moment.ts';

export interface TokenOptions {
  readonly user?: string;
  readonly project?: readonly string[];
  readonly expires?: string;
  readonly description?: string;
}

const created = z.object({ token: z.string(), id: z.string() });
const dayMs = 86_400_000;

/** The operator's way to a token, on the machine of the instance; prints the token alone. */
export async function createToken(
  { instance, clock, output }: Invocation,
  options: TokenOptions,
): Promise<void> {
  const projects = (options.project ?? []).map((name) => parseProjectName(name));
  const expires = options.expires === undefined ? null : expiryOf(options.expires, clock.nowMs());
  const { endpoints, operator, user } = instance();
  const { token, id } = await requestForm(`${endpoints.auth}/internal/operator/tokens`, created, {
    method: 'POST',
    headers: { authorization: `Bearer ${operator.authSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      user: options.user ?? user,
      projects,
      expires,
      description: options.description ?? 'made by the operator',
    }),
  });
  output.result({ token, id }, token);
}

/** ISO 8601, or a number of days (`90d`). Answers ISO 8601 in UTC. */
export function expiryOf(text: string, nowMs: number): string {
  const days = /^([0-9]{1,5})d$/.exec(text)?.[1];
  const at = days === undefined ? dateOf(text) : nowMs + Number(days) * dayMs;
  if (at === null) {
    throw usage(`--expires wants an ISO 8601 date or days like 90d, not ${text}`);
  }
  if (at <= nowMs) throw usage('--expires does not lie in the future');
  return new Date(at).toISOString();
}

function usage(message: string): CliError {
  return new CliError('usage.invalid', message, { argument: 'expires' });
}
