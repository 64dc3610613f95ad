import { expect, it } from 'vitest';
import * as client from './index.ts';

it('these names are what other tools build on', () => {
  expect(Object.keys(client).sort()).toEqual([
    'ClientError',
    'IndexClient',
    'TrustedSet',
    'Updater',
    'defaultLimits',
    'readTrustedRoot',
    'safeTargetPath',
    'verifyTarget',
  ]);
});
