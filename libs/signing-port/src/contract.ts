import { fromHex, toHex, utf8 } from '@rind/kernel';
import { keyIdOf, verifySignature } from '@rind/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signature, Signer } from './index.ts';

/** One signer under test. */
export interface SignerUnderTest {
  readonly signer: Signer;
  cleanup(): Promise<void>;
}

/** What every backend of {@link Signer} must do; an adapter's test calls it with a key of each kind it has. */
export function signerContract(name: string, make: () => Promise<SignerUnderTest>): void {
  describe(`${name} keeps the contract of Signer`, () => {
    let under: SignerUnderTest;
    let signer: Signer;
    beforeEach(async () => {
      under = await make();
      signer = under.signer;
    });
    afterEach(() => under.cleanup());

    const verifies = (message: Uint8Array, signature: Signature) =>
      verifySignature(signer.key, message, fromHex(signature.sig));

    it('names its key by the hash of the key', () => {
      expect(signer.keyId).toBe(keyIdOf(signer.key));
    });

    it.each([0, 1, 4_096, 4_097, 10_000, 3_000_000])('signs a message of %i bytes', async (length) => {
      const message = new Uint8Array(length).map((_, i) => i * 31);
      const signature = await signer.sign(message);
      expect(signature.keyid).toBe(signer.keyId);
      expect(signature.sig).toBe(toHex(fromHex(signature.sig)));
      expect(verifies(message, signature)).toBe(true);
    });

    it('signs the message, not another', async () => {
      const signature = await signer.sign(utf8('message'));
      expect(verifies(utf8('messagf'), signature)).toBe(false);
      expect(verifies(utf8('message '), signature)).toBe(false);
      expect(verifies(utf8(''), signature)).toBe(false);
    });

    it('leaves the message as it is, and reads a part of a larger buffer as that part', async () => {
      const buffer = utf8('before message after');
      const message = buffer.subarray(7, 14);
      const signature = await signer.sign(message);
      expect(buffer).toEqual(utf8('before message after'));
      expect(verifies(utf8('message'), signature)).toBe(true);
    });

    it('signs many messages at the same time', async () => {
      const messages = Array.from({ length: 50 }, (_, i) => utf8(`message ${i}`));
      const signatures = await Promise.all(messages.map((message) => signer.sign(message)));
      expect(signatures.map((signature, i) => verifies(messages[i]!, signature))).toEqual(
        messages.map(() => true),
      );
    });
  });
}
