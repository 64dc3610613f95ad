import type { AuthFixture } from './auth-fixture.ts';

export interface PageAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly location: string | undefined;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export const origin = 'http://localhost:8459';

/** Sends forms and keeps cookies as a browser does; no socket, no script. */
export class TestBrowser {
  cookie: string | null = null;
  device: string | null = null;
  private half: string | null = null;
  private readonly auth: AuthFixture;
  private readonly address: string;
  private readonly agent: string;

  constructor(auth: AuthFixture, address = '198.51.100.7', agent = 'lightMyRequest') {
    this.auth = auth;
    this.address = address;
    this.agent = agent;
  }

  get(path: string): Promise<PageAnswer> {
    return this.send('GET', path);
  }

  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = { origin, 'sec-fetch-site': 'same-origin' },
  ): Promise<PageAnswer> {
    return this.send('POST', path, new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });
  }

  /** As a script of the page does: no redirect is followed. */
  postJson(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = { origin, 'sec-fetch-site': 'same-origin' },
  ): Promise<PageAnswer> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  /** The same browser, with its cookies, on another network. */
  movedTo(address: string): TestBrowser {
    const moved = new TestBrowser(this.auth, address);
    moved.cookie = this.cookie;
    moved.device = this.device;
    moved.half = this.half;
    return moved;
  }

  private async send(
    method: 'GET' | 'POST',
    url: string,
    payload?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PageAnswer> {
    const cookies = [
      ...(this.cookie === null ? [] : [`rind=${this.cookie}`]),
      ...(this.half === null ? [] : [`rind-half=${this.half}`]),
      ...(this.device === null ? [] : [`rind-device=${this.device}`]),
    ];
    const answer = await this.auth.app.fastify.inject({
      method,
      url,
      remoteAddress: this.address,
      headers: {
        'user-agent': this.agent,
        ...headers,
        ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^(rind|rind-half|rind-device)=([^;]*)/.exec(set) ?? [];
      if (name === 'rind') this.cookie = value || null;
      if (name === 'rind-half') this.half = value || null;
      if (name === 'rind-device') this.device = value || null;
    }
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return {
      status: answer.statusCode,
      code: text(answer.headers['x-rind-error']),
      location: text(answer.headers.location),
      text: answer.body,
      headers: answer.headers,
    };
  }
}

export interface ReadMail {
  readonly subject: string;
  readonly text: string;
  /** Of the link in it. */
  readonly path: string;
}

/** The newest mail to an address, of that subject if one is given. */
export async function mailTo(auth: AuthFixture, address: string, subject?: string): Promise<ReadMail> {
  const answer = await auth.app.fastify.inject({
    url: `/mailbox/messages?to=${encodeURIComponent(address)}`,
  });
  const mails = answer.json<{ subject: string; text: string }[]>();
  const mail = mails.find((each) => subject === undefined || each.subject === subject);
  const link = /^http:\/\/localhost:8459(\S*)$/m.exec(mail?.text ?? '');
  return { subject: mail?.subject ?? '', text: mail?.text ?? '', path: link?.[1] ?? '' };
}
