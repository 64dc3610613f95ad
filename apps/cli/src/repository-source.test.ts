import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalInstance } from './instance.ts';
import { sourceOf } from './repository-source.ts';

let folder: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-cli-'));
  root = join(folder, 'root.json');
  writeFileSync(root, 'a root');
});
afterAll(() => rmSync(folder, { recursive: true }));

const instance = (): LocalInstance =>
  ({
    dataDir: folder,
    url: 'http://here',
    metadata: 'http://here/metadata/',
    targets: 'http://here/targets/',
    root,
  }) as LocalInstance;
const none = (): LocalInstance => {
  throw new Error('nobody asked for the instance');
};

describe('where a repository is', () => {
  it('is the instance without options, with a cache of its own', () => {
    expect(sourceOf({}, instance)).toMatchObject({
      metadataUrl: 'http://here/metadata/',
      targetsUrl: 'http://here/targets/',
      apiUrl: 'http://here',
      cache: join(folder, 'cache', 'client'),
    });
    expect(sourceOf({ dir: '/elsewhere' }, instance).cache).toBe('/elsewhere');
  });

  it('is anywhere by its two addresses, without an API', () => {
    const options = { metadataUrl: 'http://m', targetBaseUrl: 'http://t', root, dir: '/cache' };
    expect(sourceOf(options, none)).toMatchObject({
      metadataUrl: 'http://m',
      targetsUrl: 'http://t',
      apiUrl: null,
      cache: '/cache',
    });
  });

  it.each(['http://there', 'http://there/'])('is a Rind index by its one address %s', (url) => {
    expect(sourceOf({ url, root, dir: '/cache' }, none)).toMatchObject({
      metadataUrl: 'http://there/metadata/',
      targetsUrl: 'http://there/targets/',
      apiUrl: 'http://there',
    });
  });

  const full = (): Record<string, string> => ({
    metadataUrl: 'http://m',
    targetBaseUrl: 'http://t',
    root,
    dir: '/cache',
  });
  it.each(['metadataUrl', 'targetBaseUrl', 'root', 'dir'])('is not told without %s', (missing) => {
    const options = Object.fromEntries(Object.entries(full()).filter(([name]) => name !== missing));
    expect(() => sourceOf(options, none)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
  });

  it.each([
    ['by an address twice', () => ({ ...full(), url: 'http://there' })],
    ['by an address without a root', () => ({ url: 'http://there', dir: '/cache' })],
    ['by a root that cannot be read', () => ({ ...full(), root: join(folder, 'missing') })],
  ])('is not told %s', (_how, options) => {
    expect(() => sourceOf(options(), none)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
  });
});
