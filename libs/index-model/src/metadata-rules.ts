import { classifierProblems } from './classifier.ts';
import { descriptionContentTypeProblem } from './description-content-type.ts';
import { emailAddressProblem } from './email-address.ts';
import { singleAddress } from './address-list.ts';
import { importNameProblem } from './import-name.ts';
import { normalizeLicenseExpression } from './license-expression.ts';
import { licenseFileProblem } from './license-file.ts';
import { metadataFields, metadataVersions } from './metadata-field.ts';
import { hasNameGrammar } from './project-name.ts';
import { projectUrlProblem } from './project-url.ts';
import { pythonRepr } from './python-repr.ts';
import { formatRequirement, parseRequirement } from './requirement.ts';
import { isSpecifierSet } from './specifier.ts';
import { tryParseVersion } from './version.ts';
import { isWebAddress } from './web-address.ts';

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
  'requires-dist': (requirements) => {
    const wrong = requirements.find((each) => parseRequirement(each) === null);
    return wrong === undefined ? undefined : invalid(wrong, 'requires-dist');
  },
  'license-expression': ([expression]) =>
    normalizeLicenseExpression(expression!) === null ? invalid(expression!, 'license-expression') : undefined,
  'license-file': (paths) => firstProblem(paths, licenseFileProblem),
  'import-name': (names) => firstProblem(names, (name) => importNameProblem(name, 'import-name')),
  'import-namespace': (names) => firstProblem(names, (name) => importNameProblem(name, 'import-namespace')),
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
  for (const field of ['author-email', 'maintainer-email']) {
    const address = singleAddress(values.get(field)?.[0] ?? '');
    const text = address === '' ? undefined : emailAddressProblem(address);
    if (text !== undefined) {
      problems.push({ field, text: `${pythonRepr(address)} is not a valid email address: ${text}` });
    }
  }
  for (const text of classifierProblems(values.get('classifier') ?? [])) {
    problems.push({ field: 'classifier', text });
  }
  for (const field of ['home-page', 'download-url']) {
    const url = values.get(field)?.[0];
    if (url !== undefined && !isWebAddress(url)) {
      problems.push({ field, text: `${pythonRepr(url)} is not a valid url.` });
    }
  }
  const problem = firstProblem(values.get('project-url') ?? [], projectUrlProblem);
  if (problem !== undefined) problems.push({ field: 'project-url', text: problem });
  for (const field of ['requires-dist', 'provides-dist', 'obsoletes-dist']) {
    const text = firstProblem(values.get(field) ?? [], (each) => distributionProblem(each, field));
    if (text !== undefined) problems.push({ field, text });
  }
  // "Dynamic" is a field of the specification, but one that no tool can fill in later.
  if (values.get('dynamic')?.some((field) => field.toLowerCase() === 'dynamic') === true) {
    problems.push({ field: 'dynamic', text: "Dynamic field 'dynamic' is not a valid dynamic field." });
  }
  if (values.has('license') && values.has('license-expression')) {
    const text =
      'License is deprecated when License-Expression is present. Only License-Expression should be present.';
    problems.push({ field: 'license', text });
  }
  return problems;
}

/** Installing a direct reference would fetch from outside the index. */
function distributionProblem(text: string, field: string): string | undefined {
  const requirement = parseRequirement(text);
  if (requirement === null) return `${pythonRepr(text)} is invalid: not a dependency specifier`;
  if (requirement.url === null) return undefined;
  const shown = field === 'requires-dist' ? formatRequirement(requirement) : pythonRepr(text);
  return `Can't have direct dependency: ${shown}`;
}

function firstProblem(
  values: readonly string[],
  problemOf: (value: string) => string | undefined,
): string | undefined {
  for (const value of values) {
    const text = problemOf(value);
    if (text !== undefined) return text;
  }
  return undefined;
}

function invalid(value: string, field: string): string {
  return `${pythonRepr(value)} is invalid for '${field}'`;
}
