import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Randomness } from '@rind/kernel';

const iterations = 4096;

/**
 * What PostgreSQL stores for a password (RFC 5803): sent instead of the password, so that no log of
 * statements ever holds one. `password` is ASCII; anything else would need SASLprep (RFC 4013).
 */
export function scramVerifier(password: string, randomness: Randomness): string {
  const salt = randomness.bytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  const saltText = Buffer.from(salt).toString('base64');
  return `SCRAM-SHA-256$${iterations}:${saltText}$${storedKey}:${key('Server Key').toString('base64')}`;
}
