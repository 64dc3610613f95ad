import { parseSignedGrant, serializeSignedGrant } from '@rind/index-model';
import type { KeyId, ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { checkReason, operatorGrants } from './operator-grants.ts';

const project = 'demo' as ProjectName;
const nowMs = Date.parse('2026-05-01T12:00:00.250Z');
const terms = { verb: 'yank', repository: 'rind.test', reason: 'broken', nowMs } as const;
const files = ['demo-1.0.tar.gz', 'demo-1.1.tar.gz'].map((filename) => ({ project, filename }));

describe('the grants of one command', () => {
  it('have ids of their own, a growing sequence of microseconds, and a week to be applied', () => {
    const [first, second] = operatorGrants(files, terms);
    expect(first).toMatchObject({
      verb: 'yank',
      repository: 'rind.test',
      filename: 'demo-1.0.tar.gz',
      reason: 'broken',
    });
    expect(Math.floor(first!.seq / 1000)).toBe(nowMs);
    expect(second!.seq).toBe(first!.seq + 1);
    expect(second!.id).not.toBe(first!.id);
    expect(first!.exp - first!.iat).toBe(7 * 86_400);
    expect(first!.iat).toBe(Math.floor(nowMs / 1000));
  });

  it.each([
    { ...terms, subject: files[0]! },
    { ...terms, reason: null, subject: files[0]! },
    { ...terms, verb: 'status' as const, subject: { project, status: 'archived' as const } },
  ])('are grants to those who check them: $verb, reason $reason', ({ subject, ...given }) => {
    const [grant] = operatorGrants([subject], given);
    const envelope = { grant: grant!, keyid: 'a'.repeat(64) as KeyId, sig: 'b'.repeat(128) };
    expect(parseSignedGrant(serializeSignedGrant(envelope)).grant).toEqual(grant);
  });
});

describe('a reason', () => {
  it.each([
    ['moved', 'moved'],
    ['  moved to other-demo ', 'moved to other-demo'],
    ['x'.repeat(500), 'x'.repeat(500)],
  ])('%j is taken', (text, expected) => {
    expect(checkReason(text)).toBe(expected);
  });

  it.each(['', '   ', 'two\nlines', 'a\u0007bell', 'x'.repeat(501)])('%j is refused', (text) => {
    expect(() => checkReason(text)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
  });
});
