import { expect, it } from 'vitest';
import * as metadata from './index.ts';

it('exports exactly what is promised to other libraries', () => {
  expect(Object.keys(metadata).sort()).toEqual([
    'MetadataError',
    'binIndexOf',
    'delegatedRoleKeys',
    'delegationsFor',
    'explicitBins',
    'hasCanonicalKeyIds',
    'isExpired',
    'isSuccinctName',
    'joinMetadata',
    'keyMap',
    'matchesDelegation',
    'matchesPathPattern',
    'parseMetadata',
    'parseRoot',
    'parseSnapshot',
    'parseTargets',
    'parseTimestamp',
    'parseTufDate',
    'pathHashOf',
    'roleNameField',
    'roleTypes',
    'rootSigned',
    'serializeMetadata',
    'snapshotSigned',
    'specVersion',
    'succinctRoleFor',
    'succinctRoleIndex',
    'succinctRoleName',
    'succinctRoleNames',
    'targetsSigned',
    'timestampSigned',
    'verifyThreshold',
  ]);
});
