import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { BrokenAnswer } from './faults.ts';

/**
 * What a body gives, exactly `length` bytes of it: a body that ends early, gives too much or gives nothing for
 * `stallMs` throws {@link BrokenAnswer}. Only waiting for the store counts, not a reader that takes its time; but
 * until the reader asks for the first chunk the socket's own time-out holds, so that none is kept for nobody.
 * `return()` closes the body, also before the first chunk.
 */
export function withoutStalls(body: Readable, length: number, stallMs: number): AsyncIterable<Uint8Array> {
  // The reader hears of it at the next chunk; without a listener it would end the process.
  body.on('error', () => {});
  return {
    [Symbol.asyncIterator]() {
      const chunks = read(body, length, stallMs);
      return {
        next: () => chunks.next(),
        return: async () => {
          body.destroy();
          return chunks.return(undefined);
        },
      };
    },
  };
}

async function* read(body: Readable, length: number, stallMs: number): AsyncGenerator<Uint8Array, undefined> {
  // A slow reader would run into the socket's time-out.
  (body as Partial<IncomingMessage>).socket?.setTimeout(0);
  const chunks = body.iterator({ destroyOnReturn: true });
  let received = 0;
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(new BrokenAnswer('no progress')), stallMs);
      const { done, value } = await chunks.next().finally(() => clearTimeout(timer));
      if (done === true) break;
      const chunk = value as Uint8Array;
      received += chunk.length;
      if (received > length) throw new BrokenAnswer('more bytes than announced');
      yield chunk;
    }
  } finally {
    body.destroy();
  }
  if (received !== length) throw new BrokenAnswer('the body ended early');
}
