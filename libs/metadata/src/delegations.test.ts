import { describe, expect, it } from 'vitest';
import { testSigner } from '../test/signer.ts';
import { matchesDelegation, pathHashOf } from './delegated-role.ts';
import type { DelegatedRole } from './delegated-role.ts';
import { delegatedRoleKeys, delegationsFor, explicitBins } from './delegations.ts';
import type { Delegations } from './delegations.ts';
import { keyMap } from './key-map.ts';
import { succinctRoleFor } from './succinct-roles.ts';

const { id, key } = testSigner(1);
const role = (name: string, rest: Partial<DelegatedRole> = {}): DelegatedRole => ({
  keyIds: [id],
  threshold: 1,
  name,
  terminating: false,
  ...rest,
});
const PATH = 'packages/six/six-1.0.tar.gz';

describe('a delegated role', () => {
  it.each<[string, Partial<DelegatedRole>, boolean]>([
    ['its pattern', { paths: ['packages/six/*'] }, true],
    ['one of several patterns', { paths: ['simple/six/*', 'packages/six/*'] }, true],
    ['no pattern of its own', { paths: ['packages/seven/*'] }, false],
    ['a pattern that ends above the file', { paths: ['packages/*'] }, false],
    ['no patterns at all', { paths: [] }, false],
    ['a prefix of the hash', { pathHashPrefixes: [pathHashOf(PATH).slice(0, 4)] }, true],
    ['the whole hash', { pathHashPrefixes: [pathHashOf(PATH)] }, true],
    ['the empty prefix', { pathHashPrefixes: [''] }, true],
    ['the middle of the hash', { pathHashPrefixes: [pathHashOf(PATH).slice(1, 5)] }, false],
    ['no prefixes at all', { pathHashPrefixes: [] }, false],
    ['neither paths nor prefixes', {}, false],
  ])('is asked about a path by %s: %#', (_, rest, expected) => {
    expect(matchesDelegation(role('r', rest), PATH)).toBe(expected);
  });
});

describe('delegations', () => {
  const succinct = { keyIds: [id], threshold: 1, bitLength: 3, namePrefix: 'bin' };
  const keys = keyMap(key);

  it('yield the roles that match, in the order of the document, terminating or not', () => {
    const delegations: Delegations = {
      kind: 'roles',
      keys,
      roles: [
        role('a', { paths: ['packages/six/*'] }),
        role('b', { paths: ['packages/seven/*'] }),
        role('c', { paths: ['packages/*/*'], terminating: true }),
        role('d', { pathHashPrefixes: [''] }),
      ],
    };
    const visited = [...delegationsFor(delegations, PATH)].map(({ name, terminating }) => [
      name,
      terminating,
    ]);
    expect(visited).toEqual([
      ['a', false],
      ['c', true],
      ['d', false],
    ]);
  });

  it('written out as bins give every path to the one bin that the succinct form gives it to', () => {
    const explicit: Delegations = { kind: 'roles', keys, roles: explicitBins(succinct) };
    for (let i = 0; i < 200; i++) {
      const path = `packages/p${i}/p${i}-1.0.tar.gz`;
      const names = [...delegationsFor(explicit, path)].map(({ name, terminating }) => [name, terminating]);
      expect(names).toEqual([[succinctRoleFor(succinct, path), true]]);
      const [bin] = delegationsFor({ kind: 'succinct', keys, succinct }, path);
      expect(bin).toEqual({ name: names[0]![0], terminating: true, keyIds: [id], threshold: 1 });
    }
  });

  it.each([1, 3, 4, 6, 8])('written out as 2^%i bins use every prefix once', (bitLength) => {
    const prefixes = explicitBins({ ...succinct, bitLength }).flatMap((bin) => bin.pathHashPrefixes!);
    const digits = Math.ceil(bitLength / 4);
    const every = Array.from({ length: 16 ** digits }, (_, value) =>
      value.toString(16).padStart(digits, '0'),
    );
    expect(prefixes).toEqual(every);
  });

  it('written out at the default size have the four prefixes per bin of PEP 458', () => {
    const bins = explicitBins({ ...succinct, bitLength: 14 });
    expect(bins).toHaveLength(16_384);
    expect(bins[0x0a3f]).toMatchObject({
      name: 'bin-0a3f',
      pathHashPrefixes: ['28fc', '28fd', '28fe', '28ff'],
    });
  });

  it('know who signs for a name, and that others are not delegated', () => {
    const roles: Delegations = { kind: 'roles', keys, roles: [role('a', { threshold: 2 })] };
    expect(delegatedRoleKeys(roles, 'a')).toMatchObject({ keyIds: [id], threshold: 2 });
    expect(delegatedRoleKeys(roles, 'b')).toBeNull();
    const bins: Delegations = { kind: 'succinct', keys, succinct };
    expect(delegatedRoleKeys(bins, 'bin-7')).toMatchObject({ keyIds: [id], threshold: 1 });
    expect(delegatedRoleKeys(bins, 'bin-8')).toBeNull();
  });
});
