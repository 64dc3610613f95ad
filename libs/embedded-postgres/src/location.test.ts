import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterFolder } from './location.ts';
import { birthMark } from './processes.ts';

const nobody = { uid: 65534, gid: 65534 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-location-'));
  mkdirSync(join(folder, 'home'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of the cluster', () => {
  it.each([
    ['as ourselves, below a closed folder', null, 0o700, true],
    ['as another user, below an open folder', nobody, 0o711, true],
    ['as another user, below a closed folder', nobody, 0o700, false],
  ])('%s', (_, user, mode, inside) => {
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'home'), mode);
    const wanted = join(folder, 'home', 'rind', 'postgres');
    const found = clusterFolder(wanted, user);
    if (inside) expect(found).toBe(wanted);
    else expect(found).toMatch(/^\/var\/tmp\/rind-postgres-[0-9a-f]{16}$/);
  });

  it('elsewhere belongs to one path alone', () => {
    chmodSync(folder, 0o700);
    const [a, b] = ['a', 'b'].map((name) => clusterFolder(join(folder, name), nobody));
    expect(a).not.toBe(b);
    expect(clusterFolder(join(folder, 'a'), nobody)).toBe(a);
  });
});

describe('the birth mark of a process', () => {
  it('stays the same while it lives, and is absent for one that is gone', () => {
    expect(birthMark(process.pid)).toBe(birthMark(process.pid));
    expect(birthMark(process.pid)).not.toBeNull();
    expect(birthMark(process.pid)).not.toBe(birthMark(1));
    expect(birthMark(2 ** 22 + 1)).toBeNull();
  });
});
