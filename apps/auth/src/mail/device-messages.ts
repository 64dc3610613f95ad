import type { Message } from './messages.ts';

export interface DescribedSignIn {
  readonly username: string;
  /** As people read it. */
  readonly at: string;
  /** IP address. */
  readonly address: string;
  /** In words of ours. */
  readonly browser: string;
}

export function confirmDevice({ username, at, address, browser }: DescribedSignIn, link: string): Message {
  return {
    subject: 'Confirm that you are signing in',
    text: `Somebody signs in to your account ${username} with your password and a code of your second factor, from a device that was not seen before:

when: ${at}
address: ${address}
browser: ${browser}

If it is you, open this link within 30 minutes in that same browser:

${link}

If it is not, do not open it there or anywhere, and give nobody the link: without it they do not get in. They know your password: change it now, on a page that you open yourself. If you typed a code on a page that a mail or a message led you to, that page was not ours.`,
  };
}

export function newDevice({ username, at, address, browser }: DescribedSignIn): Message {
  return {
    subject: 'You signed in from a new device',
    text: `Somebody signed in to your account ${username} with your password, from a device that was not seen before:

when: ${at}
address: ${address}
browser: ${browser}

If this was not you, sign in, change your password, and set up a second factor.`,
  };
}
