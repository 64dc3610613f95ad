import type { KeyId } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { table } from '../test/vectors.ts';
import {
  isSuccinctName,
  succinctRoleFor,
  succinctRoleIndex,
  succinctRoleName,
  succinctRoleNames,
} from './succinct-roles.ts';
import type { SuccinctRoles } from './succinct-roles.ts';

const graph = (bitLength: number): SuccinctRoles => ({
  keyIds: ['k' as KeyId],
  threshold: 1,
  bitLength,
  namePrefix: 'bin',
});

describe('succinct roles', () => {
  it('put every path into the bin that python-tuf puts it into', () => {
    const rows = table<[number, string, string]>('python-tuf/succinct-roles.json');
    expect(rows.map(([bits, path]) => [bits, path, succinctRoleFor(graph(bits), path)])).toEqual(rows);
  });

  it.each([1, 2, 3, 4, 5, 9])(
    'with %i bits have 2^n names, all different, and know each by its index',
    (bits) => {
      const names = [...succinctRoleNames(graph(bits))];
      expect(new Set(names).size).toBe(2 ** bits);
      expect(names.map((name) => succinctRoleIndex(graph(bits), name))).toEqual(
        names.map((_, index) => index),
      );
      expect(names.map((_, index) => succinctRoleName(graph(bits), index))).toEqual(names);
    },
  );

  it('with 32 bits name the last bin without making the others', () => {
    expect(succinctRoleName(graph(32), 2 ** 32 - 1)).toBe('bin-ffffffff');
    expect(succinctRoleNames(graph(32)).next().value).toBe('bin-00000000');
  });

  it.each([
    ['bin-0a3f', true],
    ['bin-3fff', true],
    ['bin-4000', false],
    ['bin-a3f', false],
    ['bin-00a3f', false],
    ['bin-0A3F', false],
    ['bin- a3f', false],
    ['bin-+a3f', false],
    ['bin-', false],
    ['bin0a3f', false],
    ['bins-0a3f', false],
    ['', false],
  ])('with 14 bits say of the name %j: %s', (name, expected) => {
    expect(isSuccinctName(graph(14), name)).toBe(expected);
  });
});
