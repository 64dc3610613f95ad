import { RindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { describeError, errorDocument, printable } from './output.ts';

const refusal = new RindError('verify.expired', 'timestamp: expired', {
  role: 'timestamp',
  reason: 'expired',
  spec: 'TUF 1.0.34 §5.4.4',
  expires: '2026-01-01T00:00:00Z',
});

describe('an error with --json', () => {
  it('has role, reason and spec beside what else is known', () => {
    expect(errorDocument(refusal)).toEqual({
      code: 'verify.expired',
      message: 'timestamp: expired',
      role: 'timestamp',
      reason: 'expired',
      spec: 'TUF 1.0.34 §5.4.4',
      detail: { expires: '2026-01-01T00:00:00Z' },
    });
  });

  it('has nulls where there is nothing to say', () => {
    const document = { role: null, reason: null, spec: null, detail: {} };
    expect(errorDocument(new RindError('a.b', 'text', {}))).toEqual({
      code: 'a.b',
      message: 'text',
      ...document,
    });
    expect(errorDocument(new Error('oh'))).toEqual({ code: 'internal.error', message: 'oh', ...document });
  });
});

describe('an error for people', () => {
  it.each([
    [
      new RindError('fetch.failed', 'no answer', { url: 'http://h/', status: null }),
      ['no answer', 'http://h/', '[fetch.failed]'],
    ],
    [new RindError('name.invalid', 'not a name', { name: '!' }), ['not a name', ': !', '[name.invalid]']],
  ])('names what it is about: %s', (error, parts) => {
    for (const part of parts) expect(describeError(error)).toContain(part);
  });

  it('does not say it twice', () => {
    const text = describeError(new RindError('file.not-found', 'no file a.whl', { file: 'a.whl' }));
    expect(text.split('a.whl')).toHaveLength(2);
  });
});

describe('text for the terminal', () => {
  it('keeps lines and loses what would move the cursor or turn the text around', () => {
    expect(printable('a\nb')).toBe('a\nb');
    for (const bad of ['\u001b', '\r', '\b', '\u0000', '\u007f', '\u009b', '\u202e', '\u2066', '\u2028']) {
      expect(printable(`a${bad}b`)).toBe('a\ufffdb');
    }
  });
});
