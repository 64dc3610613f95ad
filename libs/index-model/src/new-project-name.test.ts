import { describe, expect, it } from 'vitest';
import { isStandardLibraryName } from './new-project-name.ts';
import { normalizeName } from './project-name.ts';

describe('the standard library', () => {
  it.each(['os', 'OS', 'os.path', 'json', 'urllib2', 'Queue', 'importlib.metadata', 'main', 'distutils'])(
    'has %s',
    (name) => {
      expect(isStandardLibraryName(normalizeName(name))).toBe(true);
    },
  );

  it.each(['six', 'requests', 'constructor', 'pip', 'json5'])('does not have %s', (name) => {
    expect(isStandardLibraryName(normalizeName(name))).toBe(false);
  });
});
