import { describe, expect, it } from 'vitest';
import { parseFaultSpec } from './index.ts';

describe('a spec of faults', () => {
  it.each([
    ['store:0.2,key:0.1,db:0.25,lost:0.05,stall:500', [0.2, 0.1, 0.25, 0.05, 500]],
    ['stall:0,lost:1', [0, 0, 0, 1, 0]],
    ['db:1', [0, 0, 1, 0, 0]],
    ['key:1.0', [0, 1, 0, 0, 0]],
  ])('%s is read, and what it does not name never happens', (text, [store, key, db, lost, stallMs]) => {
    expect(parseFaultSpec(text)).toEqual({ store, key, db, lost, stallMs });
  });

  it.each([
    '',
    'store',
    'store:',
    'store:2',
    'store:-0.1',
    'store:.5',
    'store:0.2,',
    'store:0.2,store:0.3',
    'disk:0.2',
    'store:0.2:3',
    'store: 0.2',
    'stall:0.5',
    'stall:1e3',
    'store:0.6,lost:0.5',
    'toString:1',
  ])('%j is refused', (spec) => {
    const details = { spec, problem: expect.any(String) as string };
    expect(() => parseFaultSpec(spec)).toThrow(expect.objectContaining({ code: 'faults.bad-spec', details }));
  });
});
