import { z } from 'zod';
import { parseProjectName } from '@rind/index-model';
import { systemClock } from '@rind/kernel';
import { CliError } from '../errors.ts';
import { requestJson } from '../http.ts';
import type { LocalInstance } from '../instance.ts';
import type { Output } from '../output.ts';

export interface TokenOptions {
  readonly user?: string;
  readonly project?: readonly string[];
  readonly expires?: string;
  readonly description?: string;
}

const created = z.object({ token: z.string(), id: z.string() });
const day = 86_400_000;

/** The operator's way to a token, on the machine of the instance; prints the token alone. */
export async function createToken(
  instance: LocalInstance,
  options: TokenOptions,
  output: Output,
): Promise<void> {
  const answer = await requestJson(`${instance.endpoints.auth}/internal/operator/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${instance.operator.authSecret}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      user: options.user ?? instance.user,
      projects: (options.project ?? []).map((name) => parseProjectName(name)),
      expires: options.expires === undefined ? null : expiryOf(options.expires, systemClock().nowMs()),
      description: options.description ?? `made by the operator`,
    }),
  });
  const { token, id } = created.parse(answer);
  output.result({ token, id }, token);
}

/** ISO 8601, or a number of days (`90d`). Answers ISO 8601 in UTC. */
export function expiryOf(text: string, nowMs: number): string {
  const days = /^([0-9]{1,5})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(text) : nowMs + Number(days) * day;
  if (Number.isNaN(at)) {
    throw new CliError('usage.invalid', `--expires wants an ISO 8601 date or days like 90d, not ${text}`, {
      argument: 'expires',
    });
  }
  if (at <= nowMs) throw new CliError('usage.invalid', '--expires lies in the past', { argument: 'expires' });
  return new Date(at).toISOString();
}
