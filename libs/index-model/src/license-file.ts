import { pythonRepr } from './python-repr.ts';

const FIELD = "'license-file'";

/** What is wrong with the path of a licence file (PEP 639 "Add License-File field"), as PyPI words it. */
export function licenseFileProblem(path: string): string | undefined {
  const invalid = `${pythonRepr(path)} is invalid for ${FIELD}`;
  if (path.includes('..')) return `${invalid}, parent directory indicators are not allowed`;
  if (path.includes('*')) return `${invalid}, paths must be resolved`;
  if (/^\/|^[A-Za-z]:[\\/]|^\\\\[^\\/]+[\\/][^\\/]+/.test(path)) return `${invalid}, paths must be relative`;
  if (asWindowsReadsIt(path) !== path) return `${invalid}, paths must use '/' delimiter`;
  return undefined;
}

/** Slashes for backslashes; without empty and `.` segments. */
function asWindowsReadsIt(path: string): string {
  const rooted = /^[\\/]/.test(path) ? '/' : '';
  const segments = path.split(/[\\/]/).filter((segment) => segment !== '' && segment !== '.');
  return rooted + segments.join('/') || '.';
}
