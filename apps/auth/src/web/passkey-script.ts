import { pageScript } from './page-script.ts';

/**
 * What makes and uses passkeys in a browser. It takes hold of each `form[data-passkey]`: asks `data-ask` for options,
 * the browser for a passkey, hands it to `data-answer`, and goes where that says. Who is redirected meanwhile (signed
 * out, or to prove who they are) goes to `data-again`. What is refused is said in the form's own alert.
 */
export const passkeyScript = pageScript(
  'passkeys',
  `'use strict';
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const textOf = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const named = (credentials) => (credentials ?? []).map((each) => ({ ...each, id: bytesOf(each.id) }));

const wentWrong = 'Something went wrong here. Try again.';
const sayings = {
  NotAllowedError: 'No passkey came: it was cancelled, or took too long. Try again.',
  AbortError: 'No passkey came: it was cancelled, or took too long. Try again.',
  InvalidStateError: 'This device has a passkey of your account already.',
  NotSupportedError: 'This device cannot make a passkey that we can use.',
  SecurityError: 'Passkeys do not work at this address.',
};
class Refused extends Error {}

async function post(form, url, body) {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.type === 'opaqueredirect') {
    location.assign(form.dataset.again);
    return new Promise(() => {});
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const tooMany = response.status === 429 ? 'Too many tries. Wait some minutes, then try again.' : wentWrong;
  throw new Refused(answer.refused ?? tooMany);
}

async function create(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  return { id, rawId: textOf(rawId), type, response: {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  } };
}

async function get(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  return { id, rawId: textOf(rawId), type, response: {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle ? textOf(response.userHandle) : null,
  } };
}

const ceremonies = { create, get };
async function perform(form) {
  const { passkey, ask, answer } = form.dataset;
  const fields = Object.fromEntries(new FormData(form));
  const made = await ceremonies[passkey](await post(form, ask, fields));
  location.assign((await post(form, answer, { ...fields, answer: made })).next);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const button = form.querySelector('button');
  const alert = form.querySelector('[role=alert]');
  const say = (text) => {
    alert.textContent = text;
    alert.hidden = text === '';
  };
  form.hidden = false;
  if (!window.PublicKeyCredential || !navigator.credentials) {
    say('This browser cannot use passkeys.');
    continue;
  }
  button.disabled = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    say('');
    button.disabled = true;
    try {
      await perform(form);
    } catch (error) {
      say(error instanceof Refused ? error.message : (sayings[error?.name] ?? wentWrong));
      button.disabled = false;
      button.focus();
    }
  });
}
`,
);
