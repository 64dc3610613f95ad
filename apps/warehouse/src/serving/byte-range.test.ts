import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRangeOf } from './byte-range.ts';

const whole = { kind: 'whole' };
const nothing = { kind: 'unsatisfiable' };
const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } });

describe('a Range header on ten bytes', () => {
  it.each<[string | undefined, object]>([
    [undefined, whole],
    ['', whole],
    ['bytes=0-0', part(0, 0)],
    ['bytes=0-9', part(0, 9)],
    ['bytes=2-4', part(2, 4)],
    ['Bytes= 2-4', part(2, 4)],
    ['bytes=5-', part(5, 9)],
    ['bytes=5-99', part(5, 9)],
    ['bytes=-3', part(7, 9)],
    ['bytes=-99', part(0, 9)],
    ['bytes=-0', nothing],
    ['bytes=10-', nothing],
    ['bytes=10-20', nothing],
    ['bytes=4-2', whole],
    ['bytes=0-1,3-4', whole],
    ['bytes=a-b', whole],
    ['bytes=-', whole],
    ['items=0-1', whole],
  ])('%s', (header, answer) => {
    expect(byteRangeOf(header, 10)).toEqual(answer);
  });

  it('never leaves the object', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), fc.option(fc.nat(60), { nil: undefined }), (length, from, to) => {
        const answer = byteRangeOf(`bytes=${from}-${to ?? ''}`, length);
        if (answer.kind !== 'part') return;
        expect(answer.range.start).toBe(from);
        expect(answer.range.end).toBeGreaterThanOrEqual(from);
        expect(answer.range.end).toBeLessThan(length);
      }),
    );
  });
});

describe('a Range header on nothing', () => {
  it.each(['bytes=0-', 'bytes=-1', 'bytes=0-0'])('%s cannot be satisfied', (header) => {
    expect(byteRangeOf(header, 0)).toEqual(nothing);
  });
});
