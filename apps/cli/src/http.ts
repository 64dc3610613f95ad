import { messageOf } from '@rind/kernel';
import type { z } from 'zod';
import { CliError } from './errors.ts';

/** Longer than the longest `wait` of a receipt. */
const timeoutMs = 90_000;

/**
 * A JSON request to our own API.
 * @throws CliError `network.failed` for whatever is not 2xx with JSON, with the server's code if it gave one
 */
export async function requestJson(url: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: init.signal ?? AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const why = messageOf(cause) || messageOf(error);
    throw new CliError(
      'network.failed',
      `no answer from ${url}: ${why}`,
      { url, status: null, code: null },
      { cause },
    );
  }
  const { status, ok, headers } = response;
  if (!ok) {
    const details = { url, status, code: headers.get('x-rind-error') };
    throw new CliError('network.failed', `${url} answered ${status}: ${detailOf(text)}`, details);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(
      'network.failed',
      `${url} is not a Rind index`,
      { url, status, code: null },
      { cause },
    );
  }
}

/** The same, of a form that is known. */
export async function requestForm<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  init?: RequestInit,
): Promise<z.output<Schema>> {
  return readForm(url, schema, await requestJson(url, init));
}

export function readForm<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  answer: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const details = { url, status: 200, code: null };
  throw new CliError('network.failed', `${url} is not a Rind index`, details, { cause: parsed.error });
}

/** The text of a problem document (RFC 9457), else the beginning of whatever there is. */
function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}
