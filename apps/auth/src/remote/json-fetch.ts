import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import { parseJson } from '@rind/canonical-json';
import { concatBytes } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';

const maxBytes = 262_144;
const timeoutMs = 5_000;

/**
 * A JSON object from an issuer: 200 and nothing else, no redirect followed, 256 KiB and 5 s at most.
 * @param ca PEM, or null for the system's
 * @throws Error of any kind: what came is not to be used
 */
export async function fetchJson(url: string, ca: string | null): Promise<JsonObject> {
  const value = parseJson(await fetchBytes(url, ca), { maxDepth: 16, floats: 'allow' });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('not a JSON object');
  return value as JsonObject;
}

function fetchBytes(url: string, ca: string | null): Promise<Uint8Array> {
  const options: RequestOptions = {
    agent: false,
    headers: { accept: 'application/json', 'accept-encoding': 'identity' },
    // Ends the whole exchange, however slowly it goes on.
    signal: AbortSignal.timeout(timeoutMs),
    ...(ca === null ? {} : { ca }),
  };
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      const fail = (error: Error): void => {
        answer.destroy();
        reject(error);
      };
      if (answer.statusCode !== 200) {
        fail(new Error(`answered ${answer.statusCode}`));
        return;
      }
      const chunks: Uint8Array[] = [];
      let length = 0;
      answer.on('data', (chunk: Uint8Array) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxBytes) fail(new Error(`more than ${maxBytes} bytes`));
      });
      answer.on('end', () => resolve(concatBytes(...chunks)));
      answer.on('error', reject);
      answer.on('aborted', () => reject(new Error('cut off')));
    });
    asked.on('error', reject);
    asked.end();
  });
}
