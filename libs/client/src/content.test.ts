import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../test/client.ts';
import { verifyListedMetadata, verifyTarget } from './content.ts';

const bytes = utf8('content');
const sha256 = hashHex('sha256', bytes);
const sha512 = hashHex('sha512', bytes);
const blake = hashHex('blake2b-256', bytes);
const md5 = hashHex('md5', bytes);
const wrong = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));

type Row = [string, Readonly<Record<string, string>>, number, string];

const rows: Row[] = [
  ['SHA-256', { sha256 }, 7, 'ok'],
  ['SHA-512', { sha512 }, 7, 'ok'],
  ['BLAKE2b-256', { 'blake2b-256': blake }, 7, 'ok'],
  ['all of them', { sha256, sha512, 'blake2b-256': blake }, 7, 'ok'],
  ['an unknown one beside', { sha256, 'sha-9': 'ab' }, 7, 'ok'],
  ['a wrong MD5 beside, which nobody looks at', { sha256, md5: 'ab' }, 7, 'ok'],
  ['a wrong SHA-256', { sha256: wrong }, 7, 'hash-mismatch'],
  ['one wrong among right ones', { sha256, sha512: wrong }, 7, 'hash-mismatch'],
  ['the other wrong', { sha256: wrong, sha512 }, 7, 'hash-mismatch'],
  ['a digest cut short', { sha256: sha256.slice(0, 62) }, 7, 'hash-mismatch'],
  ['an unknown one only', { 'sha-9': 'ab' }, 7, 'unsupported-hash'],
  ['MD5 only', { md5 }, 7, 'unsupported-hash'],
  ['one byte less', { sha256 }, 8, 'length-mismatch'],
  ['one byte more', { sha256 }, 6, 'length-mismatch'],
];

describe('content with', () => {
  it.each(rows)('%s', async (_, hashes, length, expected) => {
    const listed = { length, hashes: new Map(Object.entries(hashes)) };
    const spec = 'TUF 1.0.34 §5.7.3';
    const target = await outcomeOf(async () => verifyTarget('a', { ...listed, role: 'bin-0' }, bytes));
    expect(target).toEqual(
      expected === 'ok' ? { code: 'ok' } : { code: `target.${expected}`, role: 'bin-0', spec },
    );
    const [lengthStep, hashStep] = ['length', 'hash'].map((name) => ({ role: 'snapshot', spec: name })) as [
      { role: string; spec: string },
      { role: string; spec: string },
    ];
    const metadata = await outcomeOf(async () => verifyListedMetadata(bytes, listed, lengthStep, hashStep));
    const step = expected === 'length-mismatch' ? lengthStep : hashStep;
    expect(metadata).toEqual(expected === 'ok' ? { code: 'ok' } : { code: `verify.${expected}`, ...step });
  });

  it('neither length nor hashes listed is metadata that snapshot names by version', async () => {
    const place = { role: 'bins', spec: '' };
    expect(await outcomeOf(async () => verifyListedMetadata(bytes, {}, place, place))).toEqual({
      code: 'ok',
    });
    expect((await outcomeOf(async () => verifyListedMetadata(bytes, { length: 1 }, place, place))).code).toBe(
      'verify.length-mismatch',
    );
  });
});
