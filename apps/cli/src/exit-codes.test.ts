import { RindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, worstOf } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';

describe('the exit code of an error', () => {
  it.each<[string, ExitCode]>([
    ['usage.invalid', 2],
    ['instance.not-found', 2],
    ['name.invalid', 2],
    ['version.invalid', 2],
    ['filename.invalid', 2],
    ['path.invalid', 2],
    ['key.denied', 2],
    ['key.missing', 2],
    ['key.wrong-kind', 2],
    ['ceremony.bad-change', 2],
    ['ceremony.not-a-signer', 2],
    ['ceremony.refused', 3],
    ['ceremony.untrusted', 3],
    ['ceremony.incomplete', 5],
    ['ceremony.not-in-effect', 5],
    ['verify.expired', 3],
    ['verify.threshold', 3],
    ['target.hash-mismatch', 3],
    ['target.length-mismatch', 3],
    ['role.missing', 3],
    ['page.mismatch', 3],
    ['metadata.not-json', 3],
    ['json.float', 3],
    ['client.too-many-roots', 3],
    ['grant.refused', 3],
    ['upload.refused', 3],
    ['archive.polyglot', 3],
    ['distribution.file-missing', 3],
    ['target.not-found', 4],
    ['file.not-found', 4],
    ['target.not-yet', 5],
    ['target.missing', 6],
    ['fetch.failed', 6],
    ['fetch.timeout', 6],
    ['store.unavailable', 6],
    ['cache.unavailable', 6],
    ['network.failed', 6],
    ['database.unavailable', 6],
    ['key.unavailable', 6],
    ['database.denied', 1],
    ['file.unwritable', 1],
    ['something.else', 1],
  ])('%s is %i', (code, expected) => {
    expect(exitCodeOf(new RindError(code, '', {}))).toBe(expected);
  });

  it('is 1 for whatever is not an error of ours', () => {
    expect([new TypeError('x'), 'text', undefined].map(exitCodeOf)).toEqual([1, 1, 1]);
  });
});

describe('the exit code of several outcomes', () => {
  it.each<[readonly ExitCode[], ExitCode]>([
    [[], 0],
    [[0, 0], 0],
    [[0, 2], 2],
    [[2, 1], 1],
    [[1, 6], 6],
    [[6, 5], 5],
    [[5, 4], 4],
    [[6, 5, 4, 3, 2, 1, 0], 3],
    [[3, 0, 6], 3],
  ])('%j come to %i', (codes, expected) => {
    expect(worstOf(codes)).toBe(expected);
  });
});
