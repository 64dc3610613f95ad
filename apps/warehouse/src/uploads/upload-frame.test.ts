import { concatBytes, utf8 } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFrame } from './upload-frame.ts';

const header = {
  fields: [['name', 'six']],
  filename: 'six-1.0.tar.gz',
  contentType: 'application/octet-stream',
  digests: {
    sha256: 'a'.repeat(64),
    sha512: 'b'.repeat(128),
    blake2b256: 'c'.repeat(64),
    md5: 'd'.repeat(32),
  },
  length: 5,
  grant: { grant: { v: 1 }, keyid: 'k', sig: 's' },
  actor: 'alice',
};

function framed(json: string, file: Uint8Array, statedBytes?: number): Uint8Array {
  const bytes = utf8(json);
  const lead = new Uint8Array(4);
  new DataView(lead.buffer).setUint32(0, statedBytes ?? bytes.length);
  return concatBytes(lead, bytes, file);
}

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut > at && cut < bytes.length) yield bytes.subarray(at, (at = cut));
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return concatBytes(...all);
}

describe('an upload frame', () => {
  it('gives header and file however the body is cut', async () => {
    const body = fc.uint8Array({ maxLength: 300 });
    const cuts = fc.array(fc.integer({ min: 1, max: 1_200 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(body, cuts, async (file, at) => {
        const frame = await openFrame(inPieces(framed(JSON.stringify(header), file), at));
        expect(frame.header).toEqual(header);
        expect(await collect(frame.file)).toEqual(file);
      }),
    );
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a length', new Uint8Array([0, 0])],
    ['a header that is cut off', framed('{}', new Uint8Array(0), 100)],
    ['a header that is too long', framed('{}', new Uint8Array(0), 0x01000001)],
    ['no JSON', framed('{', new Uint8Array(0))],
    ['a header without fields', framed('{"length":1}', new Uint8Array(0))],
    ['an unknown member', framed(JSON.stringify({ ...header, token: 'pypi-x' }), new Uint8Array(0))],
    [
      'a digest in upper case',
      framed(
        JSON.stringify({ ...header, digests: { ...header.digests, md5: 'D'.repeat(32) } }),
        new Uint8Array(0),
      ),
    ],
  ])('refuses %s', async (_what, body) => {
    await expect(openFrame(inPieces(body, []))).rejects.toMatchObject({ code: 'upload.malformed' });
  });
});
