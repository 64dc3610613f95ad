import { messageOf } from '@rind/kernel';
import { CliError } from '../errors.ts';
import type { MultipartForm } from './upload-form.ts';

export interface AcceptedUpload {
  /** Address of the receipt. */
  readonly receipt: string;
  /** What the index has to say about the file, one a line. */
  readonly warnings: readonly string[];
}

/** The gate reads for 15 minutes at most. */
const timeoutMs = 16 * 60_000;

/**
 * Sends the form as publishing tools do (CONVENTIONS §1). Sent again after an answer that was lost, the same file
 * gets the same receipt.
 * @throws CliError `upload.refused`, `network.failed`; the token is in neither
 */
export async function sendUpload(
  url: string,
  { token, filename, form }: { token: string; filename: string; form: MultipartForm },
): Promise<AcceptedUpload> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      // A redirection would hand the token to somebody else.
      redirect: 'manual',
      headers: {
        authorization: `Basic ${btoa(`__token__:${token}`)}`,
        'content-type': form.contentType,
        accept: 'application/json;q=0.9, text/plain;q=0.8',
      },
      body: form.body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const why = messageOf(cause) || messageOf(error);
    throw new CliError('network.failed', `no answer from ${url}: ${why}`, { url, status: null, code: null });
  }
  const { status, headers } = response;
  const code = headers.get('x-rind-error');
  if (status >= 300) throw refusalOf({ url, status, code, filename, text: sentence(text) });
  const path = /<([^>]+)>;\s*rel="monitor"/.exec(headers.get('link') ?? '')?.[1];
  if (path === undefined) {
    const message = `${url} took ${filename} and gave no receipt: it is not a Rind index`;
    throw new CliError('network.failed', message, { url, status, code });
  }
  const warnings = text.split('\n').filter((line) => line !== '');
  return { receipt: new URL(path, url).href, warnings };
}

function refusalOf(answer: {
  url: string;
  status: number;
  code: string | null;
  filename: string;
  text: string;
}): CliError {
  const { url, status, code, filename, text } = answer;
  // Without a code of the upload API, something else than that answered: nothing was said about the file.
  const decided =
    status >= 400 && status < 500 && status !== 429 && code !== null && !/^request\./.test(code);
  if (decided) {
    return new CliError('upload.refused', `${filename}: ${text} (${code})`, { file: filename, reason: code });
  }
  return new CliError('network.failed', `${url} answered ${status}: ${text}`, { url, status, code });
}

/** The index's own words, out of the form that publishing tools read. */
function sentence(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: whatever stands between us and the index answered.
  }
  return text.slice(0, 300).trim();
}
