import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { SignUpForm, SignUpRefusals } from '../accounts/sign-up.ts';
import { passwordTexts } from '../accounts/password-rules.ts';
import { button, field, refusedAll, strengthMeter } from './form.ts';

const usernameTexts = {
  invalid: 'Use 1 to 50 letters, digits, and . _ - inside.',
  taken: 'This name is taken. Choose another.',
} as const;

export function signUpContent(sent: Partial<SignUpForm>, refusals: SignUpRefusals): Html {
  const { username, email, password } = refusals;
  return html`<h1>Create an account</h1>
    <form method="post" action="/account/register/">
      ${field({
        name: 'username',
        label: 'User name',
        type: 'text',
        autocomplete: 'username',
        hint: 'Shown with your projects. It cannot be changed.',
        value: sent.username ?? '',
        ...(username === undefined ? {} : { refused: usernameTexts[username] }),
      })}
      ${field({
        name: 'email',
        label: 'E-mail address',
        type: 'email',
        autocomplete: 'email',
        hint: 'A link is mailed there, and whatever happens to your account.',
        value: sent.email ?? '',
        ...(email === undefined ? {} : { refused: 'This is no e-mail address.' }),
      })}
      ${field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'new-password',
        hint: 'At least 10 characters; a few words are fine.',
        ...(password === undefined ? {} : { refused: passwordTexts[password] }),
      })}
      ${strengthMeter} ${button('Create the account')}
    </form>
    <p>You have an account? <a href="/account/login/">Sign in</a>.</p>`;
}

export function signedUpContent(email: string): Html {
  return html`<h1>Read your mail</h1>
    <p>We have mailed a link to <strong>${email}</strong>. Open it within a day, on any device.</p>
    <p><a href="/account/login/">Sign in</a></p>`;
}

export function signInContent(username: string, next: string, refused: string | null): Html {
  return html`<h1>Sign in</h1>
    ${refused === null ? html`` : refusedAll(refused)}
    <form method="post" action="/account/login/">
      <input type="hidden" name="next" value="${next}" />
      ${field({ name: 'username', label: 'User name', type: 'text', autocomplete: 'username', value: username })}
      ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
      ${button('Sign in')}
    </form>
    <p><a href="/account/forgot/">Forgot your password?</a></p>
    <p>No account yet? <a href="/account/register/">Create one</a>.</p>`;
}

export function forgotContent(): Html {
  return html`<h1>Choose a new password</h1>
    <p>A link is mailed to the address of your account, if you have confirmed it.</p>
    <form method="post" action="/account/forgot/">
      ${field({ name: 'account', label: 'User name or e-mail address', type: 'text', autocomplete: 'username' })}
      ${button('Mail the link')}
    </form>`;
}

export function forgottenContent(): Html {
  return html`<h1>Read your mail</h1>
    <p>
      If there is such an account with a confirmed address, a link is on its way to it. It is good for an
      hour.
    </p>`;
}

export function resetContent(token: string, refused: string | null): Html {
  return html`<h1>Choose a new password</h1>
    <form method="post" action="/account/reset/">
      <input type="hidden" name="token" value="${token}" />
      ${newPasswordField(refused)} ${strengthMeter} ${button('Change the password')}
    </form>`;
}

export function changePasswordContent(refusedOld: string | null, refusedNew: string | null): Html {
  return html`<h1>Change your password</h1>
    <p>Everybody else who is signed in as you is signed out.</p>
    <form method="post" action="/account/password/">
      ${field({
        name: 'old',
        label: 'Your password now',
        type: 'password',
        autocomplete: 'current-password',
        ...(refusedOld === null ? {} : { refused: refusedOld }),
      })}
      ${newPasswordField(refusedNew)} ${strengthMeter} ${button('Change the password')}
    </form>`;
}

function newPasswordField(refused: string | null): Html {
  return field({
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: 'At least 10 characters; a few words are fine.',
    ...(refused === null ? {} : { refused }),
  });
}

export function verifyContent(token: string, username: string): Html {
  return html`<h1>Confirm your address</h1>
    <p>What happens to the account <strong>${username}</strong> is mailed there from now on.</p>
    <form method="post" action="/account/verify-email/">
      <input type="hidden" name="token" value="${token}" />
      ${button('It is my address')}
    </form>`;
}

/** One sentence, and where to go from there. */
export function messageContent(title: string, text: string, link: { href: string; text: string }): Html {
  return html`<h1>${title}</h1>
    <p>${text}</p>
    <p><a href="${link.href}">${link.text}</a></p>`;
}
