import { describe, expect, it } from 'vitest';
import { targetKeyOf } from './target-key.ts';

const hash = 'a'.repeat(64);

describe('a path under the targets URL', () => {
  it.each([
    [`packages/six/${hash}.six-1.0.tar.gz`, `targets/packages/six/${hash}.six-1.0.tar.gz`],
    [`${hash}.packages/six/six-1.0.tar.gz`, `targets/packages/six/${hash}.six-1.0.tar.gz`],
    [`simple/six/${hash}.index.json`, `targets/simple/six/${hash}.index.json`],
    [`${hash}.simple/six/index.json`, `targets/simple/six/${hash}.index.json`],
    [`packages/six/${hash}.six-1!2.0+a.whl`, `targets/packages/six/${hash}.six-1!2.0+a.whl`],
  ])('%s is stored as %s', (path, key) => {
    expect(targetKeyOf(path)).toMatchObject({ key, sha256: hash });
  });

  it('keeps the name of the file without its hash', () => {
    expect(targetKeyOf(`packages/six/${hash}.six-1.0.tar.gz`)?.filename).toBe('six-1.0.tar.gz');
    expect(targetKeyOf(`${hash}.file`)?.filename).toBe('file');
  });

  it.each([
    '',
    'packages/six/six-1.0.tar.gz',
    `packages/six/${hash.toUpperCase()}.six-1.0.tar.gz`,
    `packages/six/${hash}`,
    `../metadata/${hash}.timestamp.json`,
    `packages/../../${hash}.x`,
    `packages//${hash}.x`,
    `packages/six/${hash}.x y`,
    `packages/six/${hash}.x\0`,
    `packages\\six/${hash}.x`,
  ])('%j is no target', (path) => {
    expect(targetKeyOf(path)).toBeNull();
  });
});
