import type { InstanceFile } from './instance.ts';

export interface FormAnswer {
  readonly status: number;
  readonly code: string | null;
  readonly location: string | null;
  readonly text: string;
}

/** Sends the forms of auth's pages as a browser without script does, and keeps the cookie. */
export class AuthForms {
  private readonly origin: string;
  private cookie = '';

  constructor({ auth }: Pick<InstanceFile, 'auth'>) {
    this.origin = new URL(auth).origin;
  }

  /** With the account's password; nobody owes a second factor here. */
  async signIn({ user, password }: Pick<InstanceFile, 'user' | 'password'>): Promise<void> {
    const answer = await this.post('/account/login/', { username: user, password });
    if (answer.status !== 303 || this.cookie === '')
      throw new Error(`signing in: ${answer.status} ${answer.code}`);
  }

  get(path: string): Promise<FormAnswer> {
    return this.send(path, {});
  }

  post(path: string, fields: Readonly<Record<string, string>>): Promise<FormAnswer> {
    const headers = { origin: this.origin, 'sec-fetch-site': 'same-origin' };
    return this.send(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  /** Opens the page of a form, and sends it with its hidden fields as they are. */
  async fill(path: string, fields: Readonly<Record<string, string>> = {}): Promise<FormAnswer> {
    const { text } = await this.get(path);
    const hidden = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    return this.post(path, {
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    });
  }

  private async send(path: string, init: RequestInit): Promise<FormAnswer> {
    const response = await fetch(new URL(path, this.origin), {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string> | undefined), cookie: this.cookie },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, pair, value] = /^((?:__Host-)?rind=([^;]*))/.exec(set) ?? [];
      if (pair !== undefined && value !== '') this.cookie = pair;
    }
    return {
      status: response.status,
      code: response.headers.get('x-rind-error'),
      location: response.headers.get('location'),
      text: await response.text(),
    };
  }
}
