import { describe, expect, it } from 'vitest';
import vectors from '../vectors/metadata-values.json' with { type: 'json' };
import { singleAddress } from './address-list.ts';
import { emailAddressProblem } from './email-address.ts';
import { importNameProblem } from './import-name.ts';
import { normalizeLicenseExpression } from './license-expression.ts';
import { licenseFileProblem } from './license-file.ts';
import { formatRequirement, parseRequirement } from './requirement.ts';
import { isWebAddress } from './web-address.ts';

type Verdicts = readonly (readonly [string, unknown])[];

function requirement(text: string): string | null {
  const read = parseRequirement(text);
  return read === null ? null : formatRequirement(read);
}

const rules: Readonly<Record<string, readonly [Verdicts, (value: string) => unknown]>> = {
  requirement: [vectors.requirements as unknown as Verdicts, requirement],
  'licence expression': [vectors.expressions as unknown as Verdicts, normalizeLicenseExpression],
  'e-mail address': [vectors.emails as unknown as Verdicts, (value) => emailAddressProblem(value) ?? null],
  'address in a header': [vectors.addresses as unknown as Verdicts, singleAddress],
  'web address': [vectors.urls as unknown as Verdicts, isWebAddress],
  'licence file': [vectors.licenseFiles as unknown as Verdicts, (value) => licenseFileProblem(value) ?? null],
  'import name': [
    vectors.importNames as unknown as Verdicts,
    (value) => importNameProblem(value, 'import-name') ?? null,
  ],
};

describe.each(Object.entries(rules))(`a %s, compared with ${vectors.source}`, (_rule, [verdicts, judge]) => {
  it.each(verdicts)('%j', (value, verdict) => {
    expect(judge(value)).toEqual(verdict);
  });
});
