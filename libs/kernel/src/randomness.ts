/** Chance is injected; this file is the only one that asks the machine for it. */
export interface Randomness {
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** The platform's cryptographic generator (Web Crypto). */
export const systemRandomness: Randomness = {
  bytes(length) {
    return crypto.getRandomValues(new Uint8Array(length));
  },
};

/** A version 4 UUID (RFC 9562 §5.4). */
export function uuidV4(randomness: Randomness): string {
  const bytes = randomness.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
