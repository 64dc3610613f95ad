import { toHex } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { derInteger, derOctets, derOid, derSequence } from './der.ts';

describe('DER', () => {
  it.each([
    [0, '020100'],
    [1, '020101'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [16_384, '02024000'],
    [32_768, '0203008000'],
    [2_147_483_647, '02047fffffff'],
  ])('writes the integer %i', (value, expected) => {
    expect(toHex(derInteger(value))).toBe(expected);
  });

  it.each([
    ['1.2.840.113549.1.5.13', '06092a864886f70d01050d'],
    ['2.16.840.1.101.3.4.1.42', '060960864801650304012a'],
    ['1.3.101.112', '06032b6570'],
  ])('writes the object identifier %s', (dotted, expected) => {
    expect(toHex(derOid(dotted))).toBe(expected);
  });

  it.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [70_000, '0483011170'],
  ])('writes the length %i', (length, header) => {
    const bytes = derOctets(new Uint8Array(length));
    expect(toHex(bytes.subarray(0, bytes.length - length))).toBe(header);
  });

  it('writes a sequence', () => {
    expect(toHex(derSequence(derInteger(1), derOctets(Uint8Array.of(7))))).toBe('3006020101040107');
  });
});
