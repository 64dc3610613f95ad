import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the options of an exploration', () => {
  it('are small without any', () => {
    expect(readOptions([])).toMatchObject({
      signers: 2,
      json: null,
      mutants: false,
      budget: { files: 2, crashes: 1, faults: 1, expiries: 1, late: 0 },
    });
  });

  it('set signers, bounds and what may happen', () => {
    const args = '--signers 3 --depth 30 --crashes 0 --lost 2 --power-cuts 1 --json out.json'.split(' ');
    expect(readOptions(args)).toMatchObject({
      signers: 3,
      depth: 30,
      json: 'out.json',
      budget: { crashes: 0, faults: 2, powerCuts: 1 },
    });
  });

  it.each(['--depth x', '--depth -1', '--unknown 1', 'word', '--lost'])('do not understand %s', (line) => {
    expect(readOptions(line.split(' '))).toBeNull();
  });
});
