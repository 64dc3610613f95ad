import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64Url } from '@rind/kernel';
import { origin } from '../testing/browser.ts';
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts';
import { isUnattested, PasskeyCeremonies } from './passkey-ceremonies.ts';

const ceremonies = new PasskeyCeremonies(origin);
const challenge = randomBytes(32);
const answerWith = (format: string, statement: ReadonlyMap<string, number | Uint8Array>) =>
  new SoftwareAuthenticator().create(toBase64Url(challenge), { attestation: { format, statement } });

describe('an attestation', () => {
  it.each([
    ['none', new Map(), true],
    // Self attestation, which a browser may leave where none is asked for.
    ['packed', new Map([['sig', Buffer.alloc(70)]]), true],
    ['packed', new Map([['x5c', Buffer.alloc(70)]]), false],
    ['android-key', new Map(), false],
    ['fido-u2f', new Map(), false],
    ['tpm', new Map(), false],
  ] as const)('of format %s with %o is looked at: %s', (format, statement, taken) => {
    expect(isUnattested(answerWith(format, statement).response.attestationObject)).toBe(taken);
  });

  it('that is none is taken, a wrong signature of the key itself is not', async () => {
    expect(await ceremonies.readRegistration(answerWith('none', new Map()), challenge)).not.toBeNull();
    const wrong = new Map<string, number | Uint8Array>([
      ['alg', -7],
      ['sig', Buffer.alloc(70, 1)],
    ]);
    expect(await ceremonies.readRegistration(answerWith('packed', wrong), challenge)).toBeNull();
  });
});
