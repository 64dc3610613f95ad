import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw, inflateRawSync } from 'node:zlib';

/** Bytes up to which data is inflated at once: a stream costs more than it. */
const atOnceBytes = 262_144;

/** How a part of a file was inflated. */
export interface Inflated {
  /** Bytes of input that belonged to the deflate stream. */
  readonly consumed: number;
}

/**
 * Inflates raw deflate data (RFC 1951) in chunks of bounded size. The sink decides when it is too much, by throwing.
 * @throws what the sink throws; an error of zlib for data that is damaged or ends early
 */
export async function inflate(input: Iterable<Buffer>, sink: (chunk: Buffer) => void): Promise<Inflated> {
  const inflater = createInflateRaw({ chunkSize: 65_536 });
  await pipeline(Readable.from(input), inflater, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) sink(chunk);
  });
  return { consumed: inflater.bytesWritten };
}

/**
 * Like {@link inflate} for data that is small on both sides; null when it is not.
 * @param size announced length of what comes out
 */
export function inflateAtOnce(
  input: Buffer,
  size: number,
): { readonly bytes: Buffer; readonly consumed: number } | null {
  if (input.length > atOnceBytes || size > atOnceBytes) return null;
  const options = {
    maxOutputLength: Math.max(size, 1),
    info: true as const,
    chunkSize: Math.max(size + 1, 64),
  };
  const { buffer, engine } = inflateRawSync(input, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  return { bytes: buffer, consumed: engine.bytesWritten };
}
