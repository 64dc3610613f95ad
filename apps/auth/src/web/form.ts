import { html } from '@rind/html';
import type { Html } from '@rind/html';

export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  /** HTML's autofill detail, so that password managers know what is meant. */
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
  readonly optional?: boolean;
  /** Why what was sent is not taken. */
  readonly refused?: string;
  /** Characters; 200 for passwords and 254 for everything else by default. */
  readonly limit?: number;
}

/** A field with its label; hint and refusal are read out with it. */
export function field(options: FieldOptions): Html {
  const { name, label, type, autocomplete, value = '', hint, refused, optional = false } = options;
  const described = [hint === undefined ? '' : `${name}-hint`, refused === undefined ? '' : `${name}-refused`]
    .filter((id) => id !== '')
    .join(' ');
  const limit = options.limit ?? (type === 'password' ? 200 : 254);
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint === undefined ? html`` : html`<p class="hint" id="${name}-hint">${hint}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      maxlength="${limit}"
      ${optional ? html`` : html`required`}
      ${type === 'password' ? html`` : html`value="${value}"`}
      ${described === '' ? html`` : html`aria-describedby="${described}"`}
      ${refused === undefined ? html`` : html`aria-invalid="true"`}
    />
    ${refused === undefined ? html`` : html`<p class="refused" id="${name}-refused">${refused}</p>`}
  </div>`;
}

export interface ChoiceOptions {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly value: string;
}

/** One of a few. */
export function choice({ name, label, options, value }: ChoiceOptions): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      ${options.map(
        ([one, text]) =>
          html`<option value="${one}" ${one === value ? html`selected` : html``}>${text}</option>`,
      )}
    </select>
  </div>`;
}

/** What is wrong with the form as a whole; read out when the page comes. */
export function refusedAll(text: string): Html {
  return html`<p class="refused-all" role="alert">${text}</p>`;
}

export function button(text: string): Html {
  return html`<button class="main" type="submit">${text}</button>`;
}

/** Below the field of a new password: there once the script of the page has something to show. */
export const strengthMeter = html`<div class="strength" id="password-strength" hidden>
  <meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-label="Strength of the password"></meter>
  <p aria-live="polite"></p>
</div>`;
