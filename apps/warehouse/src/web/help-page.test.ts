import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { helpPage } from './help-page.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The source texts of all processes and libraries, tests and this page left out. */
function sources(): { path: string; text: string }[] {
  return ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const from = join(root, folder, name, 'src');
      return readdirSync(from, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .filter((path) => !path.endsWith('help-page.ts') && !path.startsWith('generated'))
        .map((path) => ({
          path: join(folder, name, 'src', path),
          text: readFileSync(join(from, path), 'utf8'),
        }));
    }),
  );
}

const headings = [...helpPage().matchAll(/<h2 id="([^"]+)">/g)].map(([, anchor]) => anchor!);
const used = [
  ...new Set(
    sources().flatMap(({ text }) => [...text.matchAll(/\/help\/#([a-z0-9-]+)/g)].map(([, to]) => to!)),
  ),
];

describe('the page of help', () => {
  it('finds the texts that link to it', () => {
    expect(used.length).toBeGreaterThanOrEqual(7);
    expect(used).toContain('file-name-reuse');
  });

  it.each(used)('has a heading for what a refusal calls #%s', (anchor) => {
    expect(headings).toContain(anchor);
  });

  it('has each heading once, and a link to each', () => {
    expect(new Set(headings).size).toBe(headings.length);
    const links = [...helpPage().matchAll(/href="#([a-z-]+)"/g)].map(([, anchor]) => anchor!);
    expect(links.filter((anchor) => anchor !== 'content')).toEqual(headings);
  });

  it('is the only help that texts of ours name: never that of another index', () => {
    const elsewhere = sources().filter(({ text }) => /https?:\/\/[^\s'"`]*\/help\b/.test(text));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });
});
