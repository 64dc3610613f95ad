import { afterRemoval, unexpected } from './messages.ts';
import type { Message } from './messages.ts';

export function passkeyAdded(name: string) {
  return (username: string, at: string, address: string): Message => ({
    subject: 'A passkey was added',
    text: `The passkey "${name}" was added to your account ${username} on ${at} from ${address}. From now on signing in asks for a second factor, and this is one.

${unexpected}`,
  });
}

/** @param left whether there is another second factor */
export function passkeyRemoved(name: string, left: boolean) {
  return (username: string, at: string, address: string): Message => ({
    subject: 'A passkey was removed',
    text: `The passkey "${name}" was removed from your account ${username} on ${at} from ${address}. ${afterRemoval(left)}

${unexpected}`,
  });
}

export function passkeyCloned(name: string) {
  return (username: string, at: string, address: string): Message => ({
    subject: 'A passkey was refused',
    text: `The passkey "${name}" of your account ${username} was refused on ${at} from ${address}: by its count it had been used elsewhere since, as only a copy could be.

If you cannot say how, remove this passkey from your account and change your password.`,
  });
}
