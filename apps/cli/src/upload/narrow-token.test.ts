import type { ProjectName } from '@rind/kernel';
import { mintToken, parseToken, verifyToken } from '@rind/macaroon';
import { describe, expect, it } from 'vitest';
import { narrowToken } from './narrow-token.ts';

const rootKey = new Uint8Array(32).fill(7);
const token = mintToken({ location: 'index.eg', identifier: 'id-1', rootKey, caveats: [[3, 'me']] });
const scope = { project: 'six' as ProjectName, sha256: 'ab'.repeat(32), nowSeconds: 1_800_000_000 };

describe('a narrowed token', () => {
  it('is the same token, for one project, one file and five minutes', () => {
    const narrow = parseToken(narrowToken(`${token}\n`, scope));
    expect(narrow.caveats.map((caveat) => JSON.parse(caveat) as unknown)).toEqual([
      [3, 'me'],
      [1, ['six']],
      [101, [scope.sha256]],
      [0, 1_800_000_300, 1_799_999_700],
    ]);
    expect([narrow.identifier, verifyToken(narrow, rootKey)]).toEqual(['id-1', true]);
  });

  it.each([
    ['of a password', 'hunter2'],
    ['of a token that was cut', token.slice(0, -3)],
    ['of one that is too long already', mintToken({ ...partsOfToken(), caveats: ['x'.repeat(8_100)] })],
  ])('is not made %s, and the error quotes nothing of it', (_what, text) => {
    let error: unknown;
    try {
      narrowToken(text, scope);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'usage.invalid', details: { argument: 'token' } });
    expect(String(error) + JSON.stringify(error)).not.toContain(text.slice(0, 6));
  });
});

function partsOfToken() {
  return { location: 'index.eg', identifier: 'id-1', rootKey };
}
