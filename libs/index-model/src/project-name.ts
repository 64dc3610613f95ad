import type { ProjectName } from '@rind/kernel';
import { IndexModelError } from './errors.ts';

/** Core metadata "Name": ASCII letters, digits, `.`, `_`, `-`; the first and last a letter or digit. */
const PROJECT_NAME = /^(?:[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i;

/** Characters. Longer names would not fit into file names and keys of every store. */
export const maxProjectNameLength = 200;

/** PEP 503 normal form of any text, valid or not: for looking up. Checked names: {@link parseProjectName}. */
export function normalizeName(raw: string): ProjectName {
  return raw.replace(/[-_.]+/g, '-').toLowerCase() as ProjectName;
}

/** Whether a text follows the grammar of project names; its length is not looked at. */
export function hasNameGrammar(raw: string): boolean {
  return PROJECT_NAME.test(raw);
}

/**
 * The normal form of a name as its author writes it, 1 to 200 characters.
 * @throws IndexModelError `name.invalid`
 */
export function parseProjectName(raw: string): ProjectName {
  if (raw.length > maxProjectNameLength || !hasNameGrammar(raw)) {
    throw new IndexModelError('name.invalid', 'not a project name', {
      name: raw.slice(0, maxProjectNameLength),
    });
  }
  return normalizeName(raw);
}

/** Whether a text is a valid name in normal form. */
export function isProjectName(text: string): text is ProjectName {
  return text.length <= maxProjectNameLength && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

/** Two names with the same value look alike: `.`, `_`, `-` do not count, nor does l, i or 1, nor o or 0. */
export function ultranormalize(name: string): string {
  return name.replace(/[._-]/g, '').replace(/[li]/gi, '1').replace(/o/gi, '0').toLowerCase();
}
