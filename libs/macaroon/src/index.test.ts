import { expect, it } from 'vitest';
import * as macaroon from './index.ts';

it('exports exactly what is promised to other libraries', () => {
  expect(Object.keys(macaroon).sort()).toEqual([
    'MacaroonError',
    'attenuate',
    'caveatTags',
    'checkCaveats',
    'formatToken',
    'maxMacaroonBytes',
    'mintToken',
    'parseCaveat',
    'parseMacaroon',
    'parseToken',
    'serializeMacaroon',
    'tokenPrefix',
    'verifyToken',
  ]);
});
