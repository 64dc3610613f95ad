import { afterEach, describe, expect, it, vi } from 'vitest';
import { backend, nobleBackend } from './index.ts';
import { nodeBackend } from './node-backend.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the choice of a backend', () => {
  it('is node:crypto on Node', () => {
    expect(backend().name).toBe('node');
    expect(nobleBackend.name).toBe('noble');
  });

  it.each([
    ['there is no process', undefined],
    ['process cannot give built-in modules', {}],
    ['it gives none of that name', { getBuiltinModule: () => undefined }],
  ])('has no node:crypto where %s', (_, process) => {
    vi.stubGlobal('process', process);
    const found = nodeBackend();
    vi.unstubAllGlobals();
    expect(found).toBeUndefined();
  });
});
