import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes, fromUtf8, isRindError, utf8 } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolder } from './folder-reader.ts';

let outside: string;
let root: string;

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'rind-reader-'));
  root = join(outside, 'repository');
  mkdirSync(join(root, 'metadata', 'team'), { recursive: true });
  mkdirSync(join(root, 'targets'));
  writeFileSync(join(outside, 'secret.json'), 'secret');
  writeFileSync(join(root, 'metadata', 'timestamp.json'), 'timestamp');
  writeFileSync(join(root, 'metadata', 'team', 'a.json'), 'team/a');
  writeFileSync(join(root, 'targets', 'large'), 'x'.repeat(700_000));
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe('a repository in a folder', () => {
  it('gives files up to a size', async () => {
    const reader = await openFolder(root);
    expect(fromUtf8((await reader.get('metadata/timestamp.json', 9)) as Uint8Array)).toBe('timestamp');
    expect(await reader.get('metadata/timestamp.json', 8)).toBe('too-large');
    expect(fromUtf8((await reader.get('metadata/team/a.json', 100)) as Uint8Array)).toBe('team/a');
  });

  it.each([
    'metadata/absent.json',
    'metadata/team',
    'metadata/timestamp.json/more',
    'metadata/../../secret.json',
    '../secret.json',
    'metadata/\0.json',
    `metadata/${'n'.repeat(300)}.json`,
  ])('has no file %j', async (path) => {
    const reader = await openFolder(root);
    expect(await reader.get(path, 1000)).toBeNull();
    expect(await reader.openTarget(path)).toBeNull();
  });

  it('gives large files in pieces', async () => {
    const opened = await (await openFolder(root)).openTarget('targets/large');
    const pieces: Uint8Array[] = [];
    for await (const piece of opened!.stream) pieces.push(piece);
    expect(opened!.length).toBe(700_000);
    expect(pieces.length).toBeGreaterThan(1);
    expect(concatBytes(...pieces)).toEqual(utf8('x'.repeat(700_000)));
  });

  it('lists what is in it, in folders too', async () => {
    const listed: string[] = [];
    for await (const path of (await openFolder(root)).list!('metadata/')) listed.push(path);
    expect(listed.sort()).toEqual(['metadata/team/a.json', 'metadata/timestamp.json']);
  });

  it('is told from a place that is none, and from a file that cannot be read', async () => {
    const codeOf = (work: Promise<unknown>) =>
      work.catch((error: unknown) => isRindError(error) && error.code);
    expect(await codeOf(openFolder(join(root, 'nowhere')))).toBe('file.not-found');
    symlinkSync('loop.json', join(root, 'metadata', 'loop.json'));
    const reader = await openFolder(root);
    expect(await codeOf(reader.get('metadata/loop.json', 10))).toBe('store.unreadable');
  });
});
