import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup/workspace.mjs';

/** Codes that the source has, beside those that a page of the reference has in the first column of its tables. */
export class DocumentedCodes {
  /** @param {string} what in plural, for messages @param {string} page path in the checkout */
  constructor(what, page) {
    this.what = what;
    this.page = page;
    /** Code → file in which it was found first. */
    this.found = new Map();
  }

  note(code, path) {
    if (!this.found.has(code)) this.found.set(code, relative(root, path));
  }

  /** Codes at a place where they are not found by themselves; a place without any is an error of the list. */
  noteAll(place, codes) {
    if (codes.length === 0)
      this.fail([`${place} has no ${this.what} any more: mend the list in this script`]);
    for (const code of codes) this.note(code, join(root, place));
  }

  /** Calls `read(path, text)` for each source file of apps and libs that is no test. */
  readSources(read) {
    for (const group of ['apps', 'libs']) {
      for (const project of readdirSync(join(root, group))) walk(join(root, group, project, 'src'), read);
    }
  }

  /** Fails unless page and source have the same codes. */
  compare() {
    const text = readFileSync(join(root, this.page), 'utf8');
    const rows = text.matchAll(/^\|\s*`([a-z0-9.-]+)`\s*\|/gm);
    const documented = new Set([...rows].map((match) => match[1]));
    this.fail([
      ...[...this.found]
        .filter(([code]) => !documented.has(code))
        .map(([code, file]) => `${code} (${file}) is not in ${this.page}`),
      ...[...documented]
        .filter((code) => !this.found.has(code))
        .map((code) => `${code} is in ${this.page} and nowhere in the source`),
    ]);
    process.stdout.write(`${this.found.size} ${this.what} are documented\n`);
  }

  fail(problems) {
    if (problems.length === 0) return;
    process.stderr.write(`${this.what}:\n  ${problems.join('\n  ')}\n`);
    process.exit(1);
  }
}

function walk(folder, read) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'generated') walk(path, read);
    else if (/(?<!\.test|\.fixture)\.ts$/.test(entry.name)) read(path, readFileSync(path, 'utf8'));
  }
}
