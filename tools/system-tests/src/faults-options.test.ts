import { describe, expect, it } from 'vitest';
import { parseFaultsCommand } from './faults-options.ts';

describe('the options of npm run faults', () => {
  it('are a minute on a folder with any seed when nothing is given', () => {
    expect(parseFaultsCommand([])).toEqual({
      seconds: 60,
      seed: expect.stringMatching(/^[0-9a-f]{8}$/),
      store: 'fs',
      json: null,
    });
  });

  it('are taken as given', () => {
    const args = ['--seconds', '600', '--seed', '7', '--store', 's3', '--json', 'out.json'];
    expect(parseFaultsCommand(args)).toEqual({ seconds: 600, seed: '7', store: 's3', json: 'out.json' });
  });

  it.each([
    ['--seconds', '0'],
    ['--seconds', 'long'],
    ['--store', 'tape'],
    ['--seed', ''],
    ['--minutes', '1'],
    ['fs'],
  ])('are refused: %s %s', (...args) => {
    expect(() => parseFaultsCommand(args.filter((arg) => arg !== undefined))).toThrow();
  });
});
