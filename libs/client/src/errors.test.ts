import { FetchError } from '@rind/client-port';
import { describe, expect, it } from 'vitest';
import { ClientError, FailedTransfer } from './errors.ts';

describe('a refusal', () => {
  it('carries its facts, the role, the step and a reason', () => {
    const place = { role: 'timestamp', spec: 'TUF 1.0.34 §5.4.2' };
    const cause = new Error('why');
    const error = new ClientError('verify.threshold', place, { threshold: 2, valid: 1 }, { cause });
    expect(error.code).toBe('verify.threshold');
    expect(error.details).toEqual({ ...place, threshold: 2, valid: 1, reason: expect.any(String) });
    expect(error.message).toContain(error.details.reason);
    expect(error.cause).toBe(cause);
  });

  it('shows no control characters out of other people’s names', () => {
    const place = { role: 'a\u001b[2J', spec: '' };
    const error = new ClientError('verify.role-vanished', place, { missing: 'b\r\u009b' });
    expect(error.message + error.details.reason).not.toMatch(/\p{Control}/u);
    expect(error.details.missing).toBe('b\r\u009b');
  });
});

describe('a transfer that failed', () => {
  const slow = new FetchError('fetch.slow', 'only 1\u001b[2J bytes a second', {
    url: 'x',
    bytesPerSecond: 1,
  });
  const error = new FailedTransfer(slow, { role: 'a\u001b[2J', spec: 'TUF 1.0.34 §5.6.1' });

  it('keeps the code and the facts of the fetcher, and says what it was for', () => {
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ code: 'fetch.slow', cause: slow, name: 'FailedTransfer' });
    expect(error.details).toEqual({
      url: 'x',
      bytesPerSecond: 1,
      role: 'a\u001b[2J',
      spec: 'TUF 1.0.34 §5.6.1',
      reason: expect.any(String),
    });
  });

  it('shows no control characters either', () => {
    const { reason } = error.details as unknown as { reason: string };
    expect(error.message + reason).not.toMatch(/\p{Control}/u);
  });
});
