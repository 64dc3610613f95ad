import { pythonRepr } from './python-repr.ts';
import { isWebAddress } from './web-address.ts';

/** Code points. */
const MAX_LABEL_LENGTH = 32;

/** A value of `Project-URL`, `Label, URL`; what is missing is empty. */
export interface ProjectUrl {
  readonly label: string;
  readonly url: string;
}

export function splitProjectUrl(pair: string): ProjectUrl {
  const comma = pair.indexOf(',');
  if (comma < 0) return { label: pair.trim(), url: '' };
  return { label: pair.slice(0, comma).trim(), url: pair.slice(comma + 1).trim() };
}

/** What is wrong with it, as PyPI words it. */
export function projectUrlProblem(pair: string): string | undefined {
  const { label, url } = splitProjectUrl(pair);
  if (label === '') return 'Must have a label';
  if ([...label].length > MAX_LABEL_LENGTH) {
    return `${pythonRepr(label)} must be ${MAX_LABEL_LENGTH} characters or less.`;
  }
  if (url === '') return 'Must have a URL';
  return isWebAddress(url) ? undefined : `${pythonRepr(url)} is not a valid url`;
}
