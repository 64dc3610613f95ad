import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metadataFileName } from './metadata-file-name.ts';

describe('the file of a role', () => {
  it.each([
    ['root', 'root.json'],
    ['bin-0a3f', 'bin-0a3f.json'],
    ['project-zope.interface', 'project-zope.interface.json'],
    ['..', '%2E..json'],
    ['.x.tmp', '%2Ex.tmp.json'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd.json'],
    ['A', '%41.json'],
    ['a%41', 'a%2541.json'],
    ['\u0000', '%00.json'],
    ['ü', '%C3%BC.json'],
    ['', '.json'],
  ])('of %j is %s', (role, file) => {
    expect(metadataFileName(role)).toBe(file);
  });

  it('is short however long the name is, and another for each name', () => {
    const long = 'x'.repeat(181);
    expect(metadataFileName(long)).toMatch(/^%sha256-[0-9a-f]{64}\.json$/);
    expect(metadataFileName(long)).not.toBe(metadataFileName(`${long}x`));
    expect(metadataFileName('x'.repeat(180))).toBe(`${'x'.repeat(180)}.json`);
  });

  it('differs from every other role’s also where case does not count, and never leaves the folder', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a', 'A', '%41', '.', '..', '%2E'),
    );
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(metadataFileName(a)).toMatch(/^[^/\\\0]{1,250}$/);
        expect(metadataFileName(a)).not.toMatch(/^\.{1,2}$/);
        expect(metadataFileName(a).toLowerCase() === metadataFileName(b).toLowerCase()).toBe(a === b);
      }),
    );
  });
});
