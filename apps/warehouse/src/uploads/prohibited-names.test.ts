import { describe, expect, it } from 'vitest';
import { parseProhibitedNames, readProhibitedNames } from './prohibited-names.ts';

describe('the list of prohibited names', () => {
  it('has a name a line, in any spelling, and comments', () => {
    const text = '# ours\nOur.Company # for later\r\n\r\n  the_other  \n';
    expect([...parseProhibitedNames(text, 'x')]).toEqual(['our-company', 'the-other']);
  });

  it('may be absent', async () => {
    expect(await readProhibitedNames(null)).toEqual(new Set());
  });

  it.each(['-a', 'a b', 'a,b', '\u0430'])('with the line %j is refused, and the line is named', (line) => {
    expect(() => parseProhibitedNames(`six\n${line}\n`, 'names.txt')).toThrow(
      expect.objectContaining({
        code: 'prohibited-names.invalid',
        details: { path: 'names.txt', problem: 'line 2 is no project name' },
      }),
    );
  });

  it('that cannot be read is refused', async () => {
    await expect(readProhibitedNames('/nowhere/names.txt')).rejects.toMatchObject({
      code: 'prohibited-names.invalid',
    });
  });
});
