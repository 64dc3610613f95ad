import { fromHex, toHex } from '@rind/kernel';

/** The number whose least significant byte comes first. */
export function littleEndian(bytes: Uint8Array): bigint {
  return bigEndian(bytes.toReversed());
}

/** The number whose most significant byte comes first; 0 for no bytes. */
export function bigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** Big-endian bytes of exactly `length`; the number must fit (RFC 8017 §4.1). */
export function toBigEndian(value: bigint, length: number): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * length, '0'));
}
