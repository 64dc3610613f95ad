import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreachedPasswordFile } from './breached-passwords.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breached-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();

async function listOf(passwords: readonly string[], ending = '\n'): Promise<BreachedPasswordFile> {
  const path = join(folder, `${passwords.length}-${ending.length}`);
  const lines = passwords.map((password, n) => `${sha1(password)}:${n * 977}`).sort();
  writeFileSync(path, lines.join(ending) + (lines.length > 0 ? ending : ''));
  return BreachedPasswordFile.open(path);
}

describe('a list of breached passwords', () => {
  it.each([0, 1, 2, 3, 7, 64, 1_000])('of %d knows each of them and nothing else', async (size) => {
    const passwords = Array.from({ length: size }, (_, n) => `password ${n}`);
    const list = await listOf(passwords);
    for (const password of passwords)
      expect([password, await list.isBreached(password)]).toEqual([password, true]);
    for (let n = 0; n < 200; n++) expect(await list.isBreached(`other ${n}`)).toBe(false);
    await list.close();
  });

  it('may have the line ends of Windows, and no line end at its end', async () => {
    const passwords = ['one', 'two', 'three', 'four', 'five'];
    const list = await listOf(passwords, '\r\n');
    for (const password of passwords) expect(await list.isBreached(password)).toBe(true);
    await list.close();
    const path = join(folder, 'bare');
    writeFileSync(path, passwords.map(sha1).sort().join('\n'));
    const bare = await BreachedPasswordFile.open(path);
    for (const password of passwords) expect(await bare.isBreached(password)).toBe(true);
    await bare.close();
  });

  it('is no other file', async () => {
    const path = join(folder, 'other');
    writeFileSync(path, 'password\n123456\n');
    await expect(BreachedPasswordFile.open(path)).rejects.toThrow('40 hex digits');
    await expect(BreachedPasswordFile.open(join(folder, 'missing'))).rejects.toThrow('ENOENT');
  });
});
