/** What a mail says: plain text, nothing in it that somebody else could have written but names that have a grammar. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

export const unexpected =
  'If this was not you, sign in and change your password; nothing else has to be done.';

export function verifyEmail(username: string, link: string): Message {
  return {
    subject: 'Confirm your e-mail address',
    text: `Somebody signed up with this address as ${username}. If it was you, open this link within a day:

${link}

If it was not, ignore this mail: without the link the address is not used.`,
  };
}

export function alreadyHere(username: string, forgot: string): Message {
  return {
    subject: 'You have an account already',
    text: `Somebody signed up with this address, which belongs to your account ${username}. The new account cannot use it.

If you forgot your password: ${forgot}`,
  };
}

export function resetPassword(username: string, link: string): Message {
  return {
    subject: 'Choose a new password',
    text: `Somebody asked for a new password for your account ${username}. If it was you, open this link within an hour:

${link}

If it was not, ignore this mail: your password stays as it is.`,
  };
}

export function passwordChanged(username: string, at: string, address: string): Message {
  return {
    subject: 'Your password was changed',
    text: `The password of your account ${username} was changed on ${at} from ${address}. Everybody who was signed in was signed out.

${unexpected}`,
  };
}

export function emailVerified(username: string, at: string): Message {
  return {
    subject: 'Your e-mail address is confirmed',
    text: `This address belongs to your account ${username} since ${at}. What happens to the account is mailed here.`,
  };
}

export function recoveryCodesMade(username: string, at: string, address: string): Message {
  return {
    subject: 'You have new recovery codes',
    text: `New recovery codes were made for your account ${username} on ${at} from ${address}. Codes from before are worth nothing.

${unexpected}`,
  };
}

export function recoveryCodeUsed(username: string, at: string, address: string): Message {
  return {
    subject: 'A recovery code was used',
    text: `A recovery code of your account ${username} was used on ${at} from ${address}. It does not work again.

${unexpected}`,
  };
}

export function factorAdded(username: string, at: string, address: string): Message {
  return {
    subject: 'A second factor was added',
    text: `An authenticator app was added to your account ${username} on ${at} from ${address}. From now on signing in asks for its code.

${unexpected}`,
  };
}

/** @param left whether there is another second factor */
export function factorRemoved(left: boolean) {
  return (username: string, at: string, address: string): Message => ({
    subject: 'A second factor was removed',
    text: `The authenticator app was removed from your account ${username} on ${at} from ${address}. ${afterRemoval(left)}

${unexpected}`,
  });
}

/** @param left whether there is another second factor */
export function afterRemoval(left: boolean): string {
  return left ? 'Signing in still asks for a second factor.' : 'Signing in takes the password alone now.';
}

export function tokenCreated(username: string, description: string, at: string, address: string): Message {
  return {
    subject: 'A new API token was made',
    text: `The API token "${description}" was made for your account ${username} on ${at} from ${address}. It can upload files in your name.

If this was not you, sign in, revoke it and change your password.`,
  };
}

export function tokenRevoked(username: string, description: string, at: string, address: string): Message {
  return {
    subject: 'An API token was revoked',
    text: `The API token "${description}" of your account ${username} was revoked on ${at} from ${address}. It is worth nothing from now on.

${unexpected}`,
  };
}

export function tokenUsedElsewhere(
  username: string,
  description: string,
  at: string,
  address: string,
): Message {
  return {
    subject: 'An API token was used from a new address',
    text: `The API token "${description}" of your account ${username} uploaded a file on ${at} from ${address}, an address that it was not used from before.

If this was not you, sign in and revoke the token.`,
  };
}

export function invited(username: string, project: string, role: string, by: string, link: string): Message {
  return {
    subject: `You are invited to ${project}`,
    text: `${by} invites your account ${username} to be ${role} of the project ${project}. Sign in and answer within a week:

${link}

If you do not want to, decline it there or do nothing.`,
  };
}

/** To everybody in the project. @param text one line without a full stop */
export function membersChanged(project: string, text: string, by: string, at: string): Message {
  return {
    subject: `Members of ${project}`,
    text: `${text} (by ${by}, ${at}).

If this is not what it should be, talk to the owners of ${project}.`,
  };
}

export function factorRequired(username: string, project: string, by: string, link: string): Message {
  return {
    subject: `${project} requires a second factor`,
    text: `${by} requires a second factor of everybody who touches the project ${project}. Your account ${username} has none: it cannot upload to ${project} until you set one up:

${link}`,
  };
}

const unexpectedPublisher =
  'If you did not expect this, look at the trusted publishers of the project and at its owners.';

export function publisherAdded(project: string, publisher: string, by: string, at: string): Message {
  return {
    subject: `A trusted publisher was added to ${project}`,
    text: `${by} made ${project} trust a publisher on ${at}. Its workflow can upload to the project from now on:

  ${publisher}

${unexpectedPublisher}`,
  };
}

export function publisherRemoved(project: string, publisher: string, by: string, at: string): Message {
  return {
    subject: `A trusted publisher was removed from ${project}`,
    text: `${by} ended the trust of ${project} in a publisher on ${at}. Its workflow cannot upload to the project any more:

  ${publisher}

${unexpectedPublisher}`,
  };
}

export function pendingPublisherUsed(project: string, publisher: string, at: string): Message {
  return {
    subject: `Your pending publisher made the project ${project}`,
    text: `A workflow that you named showed itself on ${at}, and the project ${project} was made. You own it; the workflow can upload to it:

  ${publisher}

${unexpectedPublisher}`,
  };
}

export function pendingPublisherInvalidated(project: string, publisher: string, at: string): Message {
  return {
    subject: `Your pending publisher for ${project} is no longer good`,
    text: `A workflow that you named showed itself on ${at}, but somebody had made the project ${project} meanwhile. The pending publisher was removed:

  ${publisher}

If you are an owner of the project, add the publisher to it.`,
  };
}

/** @param url where it was found; empty when that was not said */
export function tokenDisclosed(username: string, description: string, at: string, url: string): Message {
  const where = url === '' ? 'in public' : `in public, at\n\n${url}\n\n`;
  return {
    subject: 'An API token of yours was found in public',
    text: `The API token "${description}" of your account ${username} was found ${where} and was revoked on ${at}. It is worth nothing from now on.

Look at what was uploaded since it leaked, and make another token where it was used.`,
  };
}
