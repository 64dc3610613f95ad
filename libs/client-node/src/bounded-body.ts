import { FetchError } from '@rind/client-port';
import { concatBytes } from '@rind/kernel';

/**
 * Reads a body to its end, but never more than `maxBytes`: the rest is not read, the transfer is cancelled, and the
 * error is `fetch.too-large`. An announced length over the limit is believed at once, a smaller one never.
 * @param onBytes called with the length of each piece as it arrives
 */
export async function readBounded(
  response: Response,
  url: string,
  maxBytes: number,
  onBytes: (length: number) => void,
): Promise<Uint8Array> {
  const { body } = response;
  if (body === null) return new Uint8Array(0);
  // With a content coding the announced length is that of the coded body.
  const announced =
    response.headers.get('content-encoding') === null ? Number(response.headers.get('content-length')) : 0;
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let total = 0;
  try {
    if (announced > maxBytes) throw tooLarge(url, maxBytes);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      total += next.value.length;
      if (total > maxBytes) throw tooLarge(url, maxBytes);
      pieces.push(next.value);
      onBytes(next.value.length);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
  return concatBytes(...pieces);
}

function tooLarge(url: string, maxBytes: number): FetchError {
  return new FetchError('fetch.too-large', `more than ${maxBytes} bytes`, { url, maxBytes });
}
