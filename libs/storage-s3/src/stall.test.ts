import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BrokenAnswer } from './faults.ts';
import { withoutStalls } from './stall.ts';

const LONG_MS = 60_000;
const body = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the body of an answer', () => {
  it('is given as it comes when it has the announced length', async () => {
    expect(await text(withoutStalls(body('ab', 'c'), 3, LONG_MS))).toBe('abc');
    expect(await text(withoutStalls(body(), 0, LONG_MS))).toBe('');
  });

  it.each([
    ['shorter', 4],
    ['longer', 2],
  ])('is broken when it is %s than announced', async (_, length) => {
    await expect(text(withoutStalls(body('ab', 'c'), length, LONG_MS))).rejects.toBeInstanceOf(BrokenAnswer);
  });

  it('is broken when nothing comes', async () => {
    const silent = new PassThrough();
    silent.write('a');
    await expect(text(withoutStalls(silent, 2, 20))).rejects.toBeInstanceOf(BrokenAnswer);
    expect(silent.destroyed).toBe(true);
  });

  it('is not kept open for a reader that leaves, before or after the first chunk', async () => {
    for (const chunksRead of [0, 1]) {
      const source = body('ab', 'c');
      const chunks = withoutStalls(source, 3, LONG_MS)[Symbol.asyncIterator]();
      for (let i = 0; i < chunksRead; i++) await chunks.next();
      await chunks.return?.();
      expect(source.destroyed).toBe(true);
      expect(await chunks.next()).toMatchObject({ done: true });
    }
  });

  it('that breaks before anybody reads is an error for the reader alone', async () => {
    const source = new PassThrough();
    const stream = withoutStalls(source, 1, LONG_MS);
    source.destroy(new Error('reset'));
    await new Promise((resolve) => source.once('close', resolve));
    await expect(text(stream)).rejects.toThrow();
  });
});
