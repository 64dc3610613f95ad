import { messageOf } from '@rind/kernel';
import { CliError } from './errors.ts';

const timeoutMs = 90_000;

/** A JSON request to our own API; anything but 2xx is `network.failed` with the server's code. */
export async function requestJson(url: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw new CliError(
      'network.failed',
      `${url}: ${messageOf(cause)}`,
      { url, status: null, code: null },
      { cause },
    );
  }
  const text = await response.text();
  if (!response.ok) {
    const code = response.headers.get('x-rind-error');
    throw new CliError('network.failed', `${response.status} ${detailOf(text)}`, {
      url,
      status: response.status,
      code,
    });
  }
  return text === '' ? null : JSON.parse(text);
}

function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    return text.slice(0, 300);
  }
}
