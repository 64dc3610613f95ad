import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { damages } from '../test/damage.ts';
import { audit, codes } from '../test/repository.ts';
import { findingSeverities } from './findings.ts';
import type { FindingCode } from './findings.ts';

describe('each finding', () => {
  it('has a broken repository', () => {
    expect(Object.keys(damages).sort()).toEqual(Object.keys(findingSeverities).sort());
  });

  it('is explained, with its severity', () => {
    const page = readFileSync(new URL('../../../docs/reference/fsck.md', import.meta.url), 'utf8');
    const rows = page.matchAll(/^\| `(fsck\.[a-z-]+)` +\| (error|warning|info) +\| [^|]+ \|$/gm);
    expect(Object.fromEntries(Array.from(rows, ([, code, severity]) => [code, severity]))).toEqual(
      findingSeverities,
    );
  });

  it.each(Object.keys(findingSeverities) as FindingCode[])(
    '%s is found where it is, and nothing else',
    async (code) => {
      const { simulator, options, also = [] } = damages[code]();
      const report = await audit(simulator, options);
      expect([...codes(report)].sort()).toEqual([code, ...also].sort());
      const found = [code, ...also].map((each) => findingSeverities[each]);
      expect(report.ok).toBe(!found.includes('error'));
      for (const finding of report.findings) expect(finding.severity).toBe(findingSeverities[finding.code]);
    },
  );
});
