import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the options of a run', () => {
  it('leaves out what was not asked for', () => {
    const options = parseOptions(['--kills', '3', '--seed', '7', '--store', 's3']);
    expect(options).toMatchObject({ kills: 3, seed: 7, store: 's3', points: false, publications: 0 });
  });

  it('stops signers until 500 publications are closed, unless told otherwise', () => {
    expect(parseOptions(['--stops']).publications).toBe(500);
    expect(parseOptions(['--stops', '--publications', '20']).publications).toBe(20);
  });

  it('makes a seed for a run that has none', () => {
    const seeds = Array.from({ length: 8 }, () => parseOptions(['--points']).seed);
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  it.each([
    [[]],
    [['--publications', '20']],
    [['--kills', '0']],
    [['--kills', 'many']],
    [['--points', '--store', 'ftp']],
    [['--points', '--seed', '1.5']],
    [['--points', 'more']],
  ])('refuses %j', (args) => {
    expect(() => parseOptions(args)).toThrow();
  });
});
