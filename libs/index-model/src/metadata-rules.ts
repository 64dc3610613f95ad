import { descriptionContentTypeProblem } from './description-content-type.ts';
import { metadataFields, metadataVersions } from './metadata-field.ts';
import { hasNameGrammar } from './project-name.ts';
import { pythonRepr } from './python-repr.ts';
import { isSpecifierSet } from './specifier.ts';
import { tryParseVersion } from './version.ts';

/** Values by the metadata's own field name (`requires-python`); at least one each. */
export type MetadataValues = ReadonlyMap<string, readonly string[]>;

export interface MetadataProblem {
  readonly field: string;
  /** As PyPI words it. */
  readonly text: string;
  readonly localVersion?: boolean;
}

/** Code points; longer summaries are refused. */
export const maxSummaryLength = 512;
const MAX_LABEL_LENGTH = 32;

const LINE_BREAK = /[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;
const NOT_DYNAMIC = ['name', 'version', 'metadata-version'];

/**
 * What is wrong with core metadata: first by the specification, and only then by the rules of the index, since
 * those make sense for valid metadata only.
 */
export function* metadataProblems(values: MetadataValues): Generator<readonly MetadataProblem[]> {
  yield specificationProblems(values);
  yield indexProblems(values);
}

function specificationProblems(values: MetadataValues): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  const given = values.get('metadata-version')?.[0];
  const age = metadataVersions.indexOf(given ?? '');
  if (age < 0) {
    const shown = given === undefined ? 'None' : pythonRepr(given);
    problems.push({ field: 'metadata-version', text: `${shown} is not a valid metadata version` });
  }
  for (const required of ['name', 'version']) {
    if (!values.has(required)) problems.push({ field: required, text: `'${required}' is a required field` });
  }
  for (const { name, since } of metadataFields) {
    const present = values.get(name);
    if (present === undefined) continue;
    const tooNew = age >= 0 && metadataVersions.indexOf(since) > age;
    const text = tooNew
      ? `${name} introduced in metadata version ${since}, not ${given}`
      : RULES[name]?.(present);
    if (text !== undefined) problems.push({ field: name, text });
  }
  return problems;
}

/** By field: what is wrong with its values, in words, or nothing. */
const RULES: Readonly<Record<string, (values: readonly string[]) => string | undefined>> = {
  name: ([name]) => (hasNameGrammar(name!) ? undefined : invalid(name!, 'name')),
  version: ([version]) => (tryParseVersion(version!) === null ? invalid(version!, 'version') : undefined),
  summary: ([summary]) => (LINE_BREAK.test(summary!) ? "'summary' must be a single line" : undefined),
  'description-content-type': ([type]) => descriptionContentTypeProblem(type!),
  'requires-python': ([set]) => (isSpecifierSet(set!) ? undefined : invalid(set!, 'requires-python')),
  'provides-extra': (extras) => {
    const wrong = extras.find((extra) => !hasNameGrammar(extra));
    return wrong === undefined ? undefined : invalid(wrong, 'provides-extra');
  },
  dynamic: (fields) => {
    for (const field of fields.map((one) => one.toLowerCase())) {
      if (NOT_DYNAMIC.includes(field)) return `'${field}' is not allowed as a dynamic field`;
      if (!metadataFields.some(({ name }) => name === field)) {
        return `${pythonRepr(field)} is not a valid dynamic field`;
      }
    }
    return undefined;
  },
};

function indexProblems(values: MetadataValues): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  const version = tryParseVersion(values.get('version')![0]!)!;
  if (version.local !== null) {
    const text = `The use of local versions in '${version.text}' is not allowed.`;
    problems.push({ field: 'version', text, localVersion: true });
  }
  if ([...(values.get('summary')?.[0] ?? '')].length > maxSummaryLength) {
    problems.push({
      field: 'summary',
      text: `'summary' field must be ${maxSummaryLength} characters or less.`,
    });
  }
  for (const field of ['home-page', 'download-url']) {
    const url = values.get(field)?.[0];
    if (url !== undefined && !isWebUrl(url)) {
      problems.push({ field, text: `${pythonRepr(url)} is not a valid url.` });
    }
  }
  for (const pair of values.get('project-url') ?? []) problems.push(...projectUrlProblems(pair));
  for (const field of ['requires-dist', 'provides-dist', 'obsoletes-dist']) {
    const direct = values.get(field)?.find(isDirectReference);
    if (direct !== undefined) problems.push({ field, text: `Can't have direct dependency: ${direct}` });
  }
  if (values.has('license') && values.has('license-expression')) {
    const text =
      'License is deprecated when License-Expression is present. Only License-Expression should be present.';
    problems.push({ field: 'license', text });
  }
  return problems;
}

/** `Label, URL`. */
function projectUrlProblems(pair: string): MetadataProblem[] {
  const comma = pair.indexOf(',');
  const label = (comma < 0 ? pair : pair.slice(0, comma)).trim();
  const url = comma < 0 ? '' : pair.slice(comma + 1).trim();
  const problem = (text: string): MetadataProblem[] => [{ field: 'project-url', text }];
  if (label === '') return problem('Must have a label');
  if ([...label].length > MAX_LABEL_LENGTH) {
    return problem(`${pythonRepr(label)} must be ${MAX_LABEL_LENGTH} characters or less.`);
  }
  if (url === '') return problem('Must have a URL');
  return isWebUrl(url) ? [] : problem(`${pythonRepr(url)} is not a valid url`);
}

function isWebUrl(text: string): boolean {
  return /^https?:/i.test(text);
}

/** PEP 508 `name [extras] @ url`: installing it would fetch from outside the index. */
function isDirectReference(requirement: string): boolean {
  return /^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\]\s*)?@/.test(requirement);
}

function invalid(value: string, field: string): string {
  return `${pythonRepr(value)} is invalid for '${field}'`;
}
