import { pageScript } from './page-script.ts';

/**
 * Shows how strong a new password is while it is typed: asks auth, which sees it in the next moment anyway, and nobody
 * else. Without it the form says so when it is sent.
 */
export const strengthScript = pageScript(
  'strength',
  `'use strict';
const field = document.querySelector('#password');
const shown = document.querySelector('#password-strength');
const meter = shown.querySelector('meter');
const words = shown.querySelector('p');
let timer;
let asked = 0;

async function show() {
  const password = field.value;
  const mine = ++asked;
  if (password === '') {
    shown.hidden = true;
    return;
  }
  const names = ['username', 'email'].flatMap((name) => field.form.elements[name]?.value || []);
  const response = await fetch('/account/password-strength/', {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ password, names }),
  }).catch(() => null);
  if (mine !== asked || !response?.ok) return;
  const { score, text } = await response.json();
  meter.value = score;
  words.textContent = text;
  shown.hidden = false;
}

field.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(show, 350);
});
`,
);
