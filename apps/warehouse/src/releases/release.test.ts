import { parseVersion } from '@rind/index-model';
import { describe, expect, it } from 'vitest';
import { describingUpload, latestRelease, yankOf } from './release.ts';
import type { Release, ReleasedFile } from './release.ts';

function release(version: string, ...yanked: readonly (boolean | string)[]): Release {
  const files = (yanked.length === 0 ? [false] : yanked).map((one, at): ReleasedFile => ({
    filename: `demo-${version}-${at}.whl`,
    sha256: 'a'.repeat(64),
    size: 1,
    uploadTime: `2026-01-0${9 - at}T00:00:00.000000Z`,
    yanked: one,
    upload: {
      packageType: 'sdist',
      pythonVersion: 'source',
      md5: '',
      blake2b256: '',
      form: [['name', `${at}`]],
    },
  }));
  return { version: parseVersion(version), files };
}

describe('the release that a project shows', () => {
  it.each([
    ['the highest', [release('1.0'), release('1.9'), release('1.10')], '1.10'],
    ['a final one before a pre-release', [release('1.0'), release('2.0rc1'), release('3.0.dev1')], '1.0'],
    ['a post-release as a final one', [release('1.0'), release('1.0.post1')], '1.0.post1'],
    ['a pre-release where there is nothing else', [release('1.0a1'), release('1.0a2')], '1.0a2'],
    ['one that is offered before a yanked one', [release('1.0'), release('2.0', true)], '1.0'],
    ['a pre-release before what was yanked', [release('1.0', 'bad'), release('2.0b1')], '2.0b1'],
    ['a yanked one where all are', [release('1.0', true), release('2.0', 'bad')], '2.0'],
    ['one of which a part was yanked', [release('1.0'), release('2.0', true, false)], '2.0'],
  ])('is %s', (_what, releases, version) => {
    expect(latestRelease(releases)?.version.text).toBe(version);
  });

  it('is none where there is none', () => expect(latestRelease([])).toBeUndefined());
});

describe('a release', () => {
  it.each([
    ['offered', [false, false], null],
    ['offered in part', [true, false], null],
    ['yanked', [true, true], { reason: null }],
    ['yanked for a reason', [true, 'broken'], { reason: 'broken' }],
    ['yanked for an empty reason', ['', true], { reason: null }],
  ])('that is %s says so', (_what, yanked, expected) => {
    expect(yankOf(release('1.0', ...yanked))).toEqual(expected);
  });

  it('is described by the upload that came first', () => {
    expect(describingUpload(release('1.0', false, false, false))?.form).toEqual([['name', '2']]);
  });
});
