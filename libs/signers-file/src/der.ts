/** The few DER forms that an encrypted PKCS#8 file is written with (X.690 §8, definite lengths). */
import { concatBytes } from '@rind/kernel';

/** SEQUENCE of the parts. */
export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encoded(0x30, concatBytes(...parts));
}

/** OCTET STRING. */
export function derOctets(bytes: Uint8Array): Uint8Array {
  return encoded(0x04, bytes);
}

/** INTEGER from 0 to 2^31-1. */
export function derInteger(value: number): Uint8Array {
  const bytes = [value & 0xff];
  for (let rest = value >>> 8; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  // The highest bit is the sign.
  if (bytes[0]! > 0x7f) bytes.unshift(0);
  return encoded(0x02, Uint8Array.from(bytes));
}

/** OBJECT IDENTIFIER, written `2.16.840…`. */
export function derOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  return encoded(0x06, Uint8Array.from([first! * 40 + second!, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

function encoded(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from([tag, ...lengthOf(content.length)]), content);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
