import { answerText } from '@rind/nest-kit';
import { STATUS_CODES } from 'node:http';

/** A refusal in the three places where upload clients look: reason phrase, body, and our header. */
export interface LegacyAnswer {
  readonly status: number;
  readonly reason: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * The text as a reason phrase (RFC 9112 §4): printable latin-1, everything else becomes `?`.
 * Of at most 1,000 characters: Python's client gives up on a status line of 64 KiB.
 */
export function reasonPhrase(text: string): string {
  return answerText(text).replace(/[^\x20-\x7e\xa0-\xff]/gu, '?');
}

/**
 * Python's old API passes errors in the reason phrase; behind HTTP/2 only the body is left.
 * @param said PyPI's text, of whatever length the values are that it quotes
 */
export function legacyAnswer(status: number, said: string, accept: string | undefined): LegacyAnswer {
  const text = answerText(said);
  const reason = reasonPhrase(text);
  if (prefersJson(accept)) {
    const body = JSON.stringify({
      message: text,
      code: `${status} ${text}`,
      title: STATUS_CODES[status] ?? 'Error',
    });
    return { status, reason, contentType: 'application/json', body };
  }
  return { status, reason, contentType: 'text/plain; charset=utf-8', body: `${status} ${text}\n` };
}

/** True when JSON is asked for by name and no text type is liked better. `* / *` gets text, as on PyPI. */
export function prefersJson(accept: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const range of (accept ?? '').slice(0, 1_024).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(type, /^[01](\.[0-9]{0,3})?$/.test(q) ? Number(q) : 0);
  }
  const json = weights.get('application/json') ?? 0;
  const text = Math.max(
    weights.get('text/plain') ?? 0,
    weights.get('text/html') ?? 0,
    weights.get('text/*') ?? 0,
  );
  return json > 0 && json >= text;
}
