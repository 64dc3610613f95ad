import { describe, expect, it } from 'vitest';
import { RindError, isRindError, messageOf } from './index.ts';

class SampleError extends RindError<'sample.problem', { at: number }> {}

const cause = new Error('below');
const error = new SampleError('sample.problem', 'it broke', { at: 3 }, { cause });

describe('RindError', () => {
  it('carries code, details, cause and the name of its class', () => {
    expect(error).toMatchObject({ code: 'sample.problem', details: { at: 3 }, cause, name: 'SampleError' });
  });

  it('has no cause unless one is given', () => {
    expect('cause' in new RindError('a.b', '', {})).toBe(false);
  });
});

describe('isRindError', () => {
  it.each([
    [error, undefined, true],
    [error, 'sample.problem', true],
    [error, 'sample.other', false],
    [cause, undefined, false],
    [{ code: 'sample.problem', details: {} }, 'sample.problem', false],
    [undefined, undefined, false],
  ])('row %#', (value, code, expected) => {
    expect(isRindError(value, code)).toBe(expected);
  });
});

describe('messageOf', () => {
  it.each([
    [cause, 'below'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
  ])('of %s is %j', (value, message) => {
    expect(messageOf(value)).toBe(message);
  });
});
