import type { Finding, FsckReport } from '@rind/fsck';
import { describe, expect, it } from 'vitest';
import { describeReport } from './description.ts';

const finding = (changes: Partial<Finding>): Finding => ({
  code: 'fsck.target-missing',
  severity: 'error',
  role: 'bin-1',
  version: null,
  path: 'packages/a/a.tar.gz',
  detail: {},
  ...changes,
});

function report(findings: readonly Finding[]): FsckReport {
  const counts = {
    ...{
      roots: 1,
      roles: 8,
      delegations: 5,
      bins: 4,
      signatures: 8,
      targets: 5,
      targetsRead: 2,
      targetBytes: 10,
    },
    ...{
      pages: 1,
      coreMetadata: 1,
      provenance: 0,
      storedVersions: 9,
      earlierSnapshots: 1,
      databaseRows: 0,
      sampleSeed: 77,
    },
  };
  return { ok: findings.length === 0, checked: counts, findings };
}

describe('the report for people', () => {
  it('counts findings that were left out as well', () => {
    const left = finding({ role: null, path: null, detail: { more: 40 } });
    const lines = describeReport(report([finding({}), left]), '/srv/store').split('\n');
    expect(lines[0]).toContain('41 errors');
    expect(lines.find((line) => line.includes('fsck.target-missing'))).toContain('(41)');
    expect(lines.filter((line) => line.includes('packages/a/a.tar.gz'))).toHaveLength(1);
  });

  it('shows ten of a code, and keeps every name on its line', () => {
    const many = Array.from({ length: 25 }, (_, n) => finding({ path: `targets/${n}\nroot is fine` }));
    const lines = describeReport(report(many), '/srv/store').split('\n');
    expect(lines.filter((line) => line.includes('root is fine'))).toHaveLength(10);
    expect(lines.some((line) => line.startsWith('root is fine'))).toBe(false);
    expect(lines.at(-1)).toContain('15');
  });

  it('tells the seed, so that the same sample can be read again', () => {
    expect(describeReport(report([]), '/srv/store')).toContain('--seed 77');
  });
});
