import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDistribution } from '@rind/index-model';
import { sdistBytes, wheelBytes } from '@rind/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCoreMetadata, readCoreMetadata } from './core-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'rind-metadata-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('core metadata', () => {
  it.each<[string, string, [string, string][], string]>([
    [
      'headers alone',
      'Name: a\nVersion: 1\n',
      [
        ['name', 'a'],
        ['version', '1'],
      ],
      '',
    ],
    ['a body', 'Name: a\n\n# a\n\nb: c\n', [['name', 'a']], '# a\n\nb: c\n'],
    ['line ends of other systems', 'Name: a\r\n\r\nx\r\ny', [['name', 'a']], 'x\ny'],
    [
      'a header twice',
      'Classifier: a\nCLASSIFIER: b\n',
      [
        ['classifier', 'a'],
        ['classifier', 'b'],
      ],
      '',
    ],
    [
      'folded lines',
      'License: a\n        b\n\tc\nName: a\n',
      [
        ['license', 'a\n        b\n\tc'],
        ['name', 'a'],
      ],
      '',
    ],
    [
      'colons in a value',
      'Project-URL: Home, https://a.example\n',
      [['project-url', 'Home, https://a.example']],
      '',
    ],
    [
      'an empty value',
      'Keywords:\nName: a\n',
      [
        ['keywords', ''],
        ['name', 'a'],
      ],
      '',
    ],
    ['other scripts', 'Summary: Größe 木\n\n木\n', [['summary', 'Größe 木']], '木\n'],
    ['a line that is no header', 'Name: a\nnothing\nmore: x\n', [['name', 'a']], 'nothing\nmore: x\n'],
    ['nothing', '', [], ''],
  ])('is read with %s', (_what, text, headers, body) => {
    expect(parseCoreMetadata(text)).toEqual({ headers, body });
  });

  it.each<[string, Uint8Array]>([
    ['read_me-1.0.tar.gz', sdistBytes({ name: 'read-me', version: '1.0' })],
    ['read_me-1.0-py3-none-any.whl', wheelBytes({ name: 'read-me', version: '1.0' })],
  ])('is found in %s', async (filename, bytes) => {
    const path = join(folder, filename);
    writeFileSync(path, bytes);
    const { headers } = await readCoreMetadata(path, parseDistribution(filename));
    expect(headers).toEqual([
      ['metadata-version', '2.1'],
      ['name', 'read-me'],
      ['version', '1.0'],
    ]);
  });

  it.each<[string, Uint8Array, string]>([
    ['bare-1.0.tar.gz', sdistBytes({ name: 'bare', version: '1.0', without: ['PKG-INFO'] }), 'PKG-INFO'],
    [
      'bare-1.0-py3-none-any.whl',
      wheelBytes({ name: 'bare', version: '1.0', without: ['bare-1.0.dist-info/METADATA'] }),
      'METADATA',
    ],
  ])('is missed in %s', async (filename, bytes, member) => {
    const path = join(folder, filename);
    writeFileSync(path, bytes);
    await expect(readCoreMetadata(path, parseDistribution(filename))).rejects.toMatchObject({
      code: 'distribution.file-missing',
      details: { member },
    });
  });
});
