import { describe, expect, it } from 'vitest';
import { ClientError } from './errors.ts';

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
