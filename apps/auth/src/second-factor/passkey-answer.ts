import { z } from 'zod';

/** Unpadded base64url of at most so many characters. */
const bytes = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .regex(/^[A-Za-z0-9_-]+$/);
/** Credential ids have 1023 bytes at most (WebAuthn Level 3 §4). */
const credentialId = bytes(1_364);
const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') };

/** What a browser answers when a passkey is made (WebAuthn Level 3 §5.1, RegistrationResponseJSON); the rest is ignored. */
export const registrationAnswer = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(8_192),
    attestationObject: bytes(16_384),
    transports: z.array(z.string().max(32)).max(16).default([]),
  }),
});

/** What a browser answers when a passkey is used (AuthenticationResponseJSON). */
export const assertionAnswer = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(8_192),
    authenticatorData: bytes(8_192),
    signature: bytes(4_096),
    userHandle: bytes(86).nullish(),
  }),
});

export type RegistrationAnswer = z.output<typeof registrationAnswer>;
export type AssertionAnswer = z.output<typeof assertionAnswer>;
export type Transport = z.output<typeof transport>;

/** Those that are known: hints for browsers, no more. */
export function knownTransports(named: readonly string[]): Transport[] {
  const known = named.flatMap((name) => transport.safeParse(name).data ?? []);
  return [...new Set(known)];
}

const clientData = z.object({ challenge: bytes(128), crossOrigin: z.boolean().optional() });

/** The challenge that was signed; null for what cannot be an answer to one of ours, and for what was asked in a frame. */
export function challengeOf(clientDataJSON: string): Uint8Array | null {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  const { data } = clientData.safeParse(read);
  if (data === undefined || data.crossOrigin === true) return null;
  return Buffer.from(data.challenge, 'base64url');
}
