import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePins, requirementsFileOf, venvNames, withoutPins } from './python.ts';

describe('the requirements', () => {
  it('give versions by name, extras and comments left out', () => {
    const pins = parsePins('# clients\npip==26.3\nsecuresystemslib[crypto]==1.6.0\n\nloose>=1\n');
    expect([...pins]).toEqual([
      ['pip', '26.3'],
      ['securesystemslib', '1.6.0'],
    ]);
  });

  it('are without pins the same names', () => {
    expect(withoutPins('# a==b c\npip==26.3\nsecuresystemslib[crypto]==1.6.0\n')).toBe(
      '# a==b c\npip\nsecuresystemslib[crypto]\n',
    );
  });

  it.each(venvNames)('of %s pin every client exactly', (name) => {
    const text = readFileSync(requirementsFileOf(name), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(parsePins(text).size).toBe(lines.length);
  });
});
