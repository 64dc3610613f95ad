import trove from './data/classifiers.json' with { type: 'json' };
import { pythonRepr } from './python-repr.ts';

const KNOWN: ReadonlySet<string> = new Set(trove.classifiers);
const DEPRECATED: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(trove.deprecated));

/**
 * What is wrong with the classifiers of a release, as PyPI words it: unknown ones in alphabetical order, then those
 * that are deprecated. "Private :: …" is unknown on purpose: who sets it never wants to publish.
 */
export function classifierProblems(classifiers: readonly string[]): string[] {
  const sorted = [...new Set(classifiers)].sort();
  return [
    ...sorted
      .filter((each) => !KNOWN.has(each) && !DEPRECATED.has(each))
      .map((each) => `${pythonRepr(each)} is not a valid classifier.`),
    ...sorted.filter((each) => DEPRECATED.has(each)).map(deprecation),
  ];
}

function deprecation(classifier: string): string {
  const successors = DEPRECATED.get(classifier)!;
  const text = `The classifier ${pythonRepr(classifier)} has been deprecated`;
  if (successors.length === 0) return `${text}.`;
  return `${text}, use one of [${successors.map(pythonRepr).join(', ')}] instead.`;
}
