import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientEnvironment } from './environment.ts';
import { mirrorByDocument } from './mirror-lines.ts';

const target = 'targets/packages/six/aa11.six-1.0.tar.gz';
const page = 'targets/simple/six/bb22.index.json';

let folder: string;
const write = (path: string, text: string): void => {
  const full = join(folder, 'store', path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
};
const copied = (path: string): string => readFileSync(join(folder, 'copy', path), 'utf8');
const mirror = (secondNames = false): Promise<void> =>
  mirrorByDocument({ environment: clientEnvironment(folder) }, join(folder, 'store'), join(folder, 'copy'), {
    secondNames,
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-mirror-lines-'));
  write('metadata/timestamp.json', 'first');
  write('metadata/1.root.json', 'root');
  write('metadata/root.json', 'root');
  write(target, 'file');
  write(page, 'page');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lines that copy a store', () => {
  it('copy all that clients ask for', { timeout: 60_000 }, async () => {
    await mirror();
    expect(
      ['metadata/timestamp.json', 'metadata/1.root.json', target, page].map((path) => copied(path)),
    ).toEqual(['first', 'root', 'file', 'page']);
    expect(existsSync(join(folder, 'copy', '.new'))).toBe(false);
  });

  it(
    'bring what is new, and touch nothing that is there but the timestamp',
    { timeout: 60_000 },
    async () => {
      await mirror();
      write(target, 'these bytes have no business under this name');
      write('metadata/2.snapshot.json', 'snapshot');
      write('metadata/timestamp.json', 'second');
      await mirror();
      expect(
        ['metadata/timestamp.json', 'metadata/2.snapshot.json', target].map((path) => copied(path)),
      ).toEqual(['second', 'snapshot', 'file']);
    },
  );

  it('keep the old timestamp when something could not be copied', { timeout: 60_000 }, async () => {
    await mirror();
    write('metadata/timestamp.json', 'second');
    write('metadata/2.snapshot.json', 'snapshot');
    // In the way of a folder that would have to be made.
    write('targets/packages/other/cc33.other-1.0.tar.gz', 'other');
    writeFileSync(join(folder, 'copy', 'targets', 'packages', 'other'), 'a file');
    await expect(mirror()).rejects.toThrow();
    expect(copied('metadata/timestamp.json')).toBe('first');
  });

  it('give each target its second name without a second copy', { timeout: 60_000 }, async () => {
    await mirror(true);
    await mirror(true);
    for (const [first, second] of [
      [target, 'targets/aa11.packages/six/six-1.0.tar.gz'],
      [page, 'targets/bb22.simple/six/index.json'],
    ] as const) {
      expect(statSync(join(folder, 'copy', second)).ino).toBe(statSync(join(folder, 'copy', first)).ino);
    }
  });
});
