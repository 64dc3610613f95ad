import type { ProjectName } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  packageObjectKey,
  packageTargetPath,
  packageUrlPath,
  pageObjectKey,
  pageTargetPath,
  parsePackageUrlPath,
  parseTargetPath,
} from './target-path.ts';

const six = 'six' as ProjectName;
const sha256 = 'ab'.repeat(32);
const project = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8})?$/).map((text) => text as ProjectName);
const filename = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+!-]{0,60}$/)
  .filter((text) => !text.endsWith('.metadata'));

describe('the paths of a file', () => {
  it('are these', () => {
    expect(packageTargetPath(six, 'six-1.0.tar.gz')).toBe('packages/six/six-1.0.tar.gz');
    expect(packageObjectKey(six, sha256, 'six-1.0.tar.gz')).toBe(
      `targets/packages/six/${sha256}.six-1.0.tar.gz`,
    );
    expect(packageUrlPath(six, sha256, 'six-1.0.tar.gz')).toBe(`/packages/six/${sha256}/six-1.0.tar.gz`);
    expect(pageTargetPath(six)).toBe('simple/six/index.json');
    expect(pageObjectKey(six, sha256)).toBe(`targets/simple/six/${sha256}.index.json`);
  });

  it('lead back to it, percent-encoded or not', () => {
    fc.assert(
      fc.property(project, filename, (name, file) => {
        expect(parseTargetPath(packageTargetPath(name, file))).toEqual({
          kind: 'package',
          project: name,
          filename: file,
        });
        const url = packageUrlPath(name, sha256, file);
        const expected = {
          project: name,
          sha256,
          filename: file,
          metadata: false,
          key: packageObjectKey(name, sha256, file),
        };
        expect(parsePackageUrlPath(url)).toEqual(expected);
        expect(parsePackageUrlPath(url.replaceAll('+', '%2B').replaceAll('!', '%21'))).toEqual(expected);
        expect(parsePackageUrlPath(`${url}.metadata`)).toEqual({
          ...expected,
          metadata: true,
          key: `${expected.key}.metadata`,
        });
      }),
    );
  });

  it('turn from URL into key by one changed character', () => {
    const url = packageUrlPath(six, sha256, 'six-1.0.tar.gz');
    expect(packageObjectKey(six, sha256, 'six-1.0.tar.gz')).toBe(
      `targets${url.replace(/\/([^/]*)$/, '.$1')}`,
    );
  });

  it('of a page lead back to it', () => {
    expect(parseTargetPath('simple/six/index.json')).toEqual({ kind: 'page', project: 'six' });
  });

  it.each([
    '',
    'packages',
    'packages/six',
    'packages/six/',
    'packages//six-1.0.tar.gz',
    'packages/Six/six-1.0.tar.gz',
    'packages/six/../x',
    'packages/../six/x',
    'packages/six/a/b',
    'packages/six/.x',
    'packages/six/a%20b',
    '/packages/six/x',
    'simple/six/index.html',
    'simple/six/index.json/',
    'simple/Six/index.json',
    'other/six/x',
  ])('are not %j', (path) => {
    expect(() => parseTargetPath(path)).toThrow(expect.objectContaining({ code: 'path.invalid' }));
  });

  it.each([
    `packages/six/${sha256}/x`,
    `/packages/six/${sha256}`,
    `/packages/six/${sha256}/`,
    `/packages/six/${sha256}/.metadata`,
    `/packages/six/${sha256}/a/b`,
    `/packages/six/${sha256}/a%2Fb`,
    `/packages/six/${sha256}/..`,
    `/packages/six/${sha256}/%2e%2e`,
    `/packages/six/${sha256}/a%252Bb`,
    `/packages/six/${sha256}/%`,
    `/packages/six/${sha256}/%ff`,
    `/packages/six/${sha256.toUpperCase()}/x`,
    `/packages/six/${sha256.slice(1)}/x`,
    `/packages/Six/${sha256}/x`,
    `/packages/six%2f${sha256}/..%2fx`,
    `/simple/six/${sha256}/x`,
  ])('are no URL in %j', (path) => {
    expect(() => parsePackageUrlPath(path)).toThrow(expect.objectContaining({ code: 'path.invalid' }));
  });
});
