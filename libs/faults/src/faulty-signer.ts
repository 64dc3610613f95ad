import { SigningError } from '@rind/signing-port';
import type { Signer } from '@rind/signing-port';
import type { Faults } from './faults.ts';

/** The same signer, which sometimes does not answer (`key.unavailable`), as a service behind a network does. */
export function faultySigner(signer: Pick<Signer, 'sign'>, faults: Faults): Pick<Signer, 'sign'> {
  return { sign: (message) => faults.call('key', () => signer.sign(message), keyUnavailable) };
}

/** What an injected fault of a key looks like. */
export function keyUnavailable(): SigningError<'key.unavailable'> {
  return new SigningError('key.unavailable', 'injected fault', { key: 'injected' });
}
