import { describe, expect, it } from 'vitest';
import { describeEntry } from './audit.ts';

const entry = {
  at: new Date('2026-05-01T12:00:00.250Z'),
  event: 'grant.issued',
  actor: 'demo',
  project: 'demo',
  target: 'packages/demo/demo-1.0.tar.gz',
  detail: { seq: 5, remote: null, projects: [], digests: { sha256: 'ab' } },
};

describe('an entry of the audit log', () => {
  it('is a line: when, what, about what, by whom, and the facts there are', () => {
    expect(describeEntry(entry)).toBe(
      '2026-05-01T12:00:00.250Z  grant.issued          packages/demo/demo-1.0.tar.gz  by demo  seq=5  digests={"sha256":"ab"}',
    );
  });

  it('is about the project where there is no file, and about nothing where there is neither', () => {
    expect(describeEntry({ ...entry, target: null, detail: {} })).toMatch(/ {2}demo {2}by demo$/);
    expect(describeEntry({ ...entry, target: null, project: null, actor: null, detail: null })).toMatch(
      /issued$/,
    );
  });

  it('stays one line whatever others wrote into it', () => {
    expect(describeEntry({ ...entry, detail: { reason: 'a\nb\r2026' } })).not.toMatch(/[\r\n]/);
  });
});
