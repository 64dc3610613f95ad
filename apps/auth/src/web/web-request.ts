import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthError } from '../errors.ts';
import type { Arrival, Person, Sessions, SignedIn, Visitor } from '../sessions/sessions.ts';
import type { OwnCookie } from './cookie.ts';
import type { PageScript } from './page-script.ts';
import { page } from './page.ts';
import { style } from './style.ts';
import type { Html } from '@rind/html';

export interface WebParts {
  readonly sessions: Sessions;
  readonly cookie: OwnCookie;
  /** Of people who owe the second factor. */
  readonly halfCookie: OwnCookie;
  /** Of devices that are known to an account. */
  readonly deviceCookie: OwnCookie;
  /** Where people meet auth, without a slash at the end. */
  readonly origin: string;
}

export interface SendOptions {
  readonly person?: Person | null;
  /** Why it is refused. */
  readonly code?: string;
  /** The one script that the page may run; none unless it is named. */
  readonly script?: PageScript | null;
}

/** What all pages do with requests and answers. */
export class Web {
  private readonly parts: WebParts;

  constructor(parts: WebParts) {
    this.parts = parts;
  }

  /** Who sends this; null for strangers. */
  async person(request: FastifyRequest): Promise<Person | null> {
    const cookie = this.parts.cookie.read(request.headers.cookie);
    return cookie === null ? null : this.parts.sessions.find(cookie);
  }

  /** Who sends this; strangers are shown to the sign-in page, and from there to `next`. */
  async personOr(request: FastifyRequest, reply: FastifyReply, next: string): Promise<Person | null> {
    const person = await this.person(request);
    if (person === null) this.redirect(reply, `/account/login/?next=${encodeURIComponent(next)}`);
    return person;
  }

  /** Likewise, and who has proven it within the last 30 minutes: what is sensitive asks for that. */
  async sudoOr(request: FastifyRequest, reply: FastifyReply, next: string): Promise<Person | null> {
    const person = await this.personOr(request, reply, next);
    if (person === null || person.sudo) return person;
    this.redirect(reply, `/account/sudo/?next=${encodeURIComponent(next)}`);
    return null;
  }

  /** The cookie of somebody who owes the second factor; null where there is none. */
  halfCookie(request: FastifyRequest): string | null {
    return this.parts.halfCookie.read(request.headers.cookie);
  }

  visitor(request: FastifyRequest): Visitor {
    const agent = (request.headers['user-agent'] ?? '').replace(/[^ -~]/g, '').slice(0, 200);
    return { address: request.ip, agent };
  }

  /** Likewise, and which device it is. */
  arrival(request: FastifyRequest): Arrival {
    return { ...this.visitor(request), device: this.parts.deviceCookie.read(request.headers.cookie) };
  }

  /**
   * A form that another site made the browser send is refused. Browsers say where a form comes from; what says nothing
   * is no browser, or no longer one's own. @throws AuthError `request.cross-origin`
   */
  requireOwnForm(request: FastifyRequest): void {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin === this.parts.origin && (site === undefined || site === 'same-origin')) return;
    throw new AuthError('request.cross-origin', 'the form was not sent from a page of this site', {});
  }

  /** What a body has under a name, of a form or of JSON; of any shape. */
  value(request: FastifyRequest, name: string): unknown {
    const body: unknown = request.body;
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
    return (body as Record<string, unknown>)[name];
  }

  /** A field of a form; what is missing, there twice, or longer than `most` characters is empty. */
  field(request: FastifyRequest, name: string, most = 1_000): string {
    const value = this.value(request, name);
    return typeof value === 'string' && value.length <= most ? value.replaceAll('\0', '') : '';
  }

  /** A parameter of the address, likewise. */
  parameter(request: FastifyRequest, name: string): string {
    const values = new URLSearchParams(request.url.split('?')[1] ?? '').getAll(name);
    return values.length === 1 ? values[0]! : '';
  }

  send(
    reply: FastifyReply,
    status: number,
    title: string,
    content: Html,
    { person = null, code, script = null }: SendOptions = {},
  ): void {
    if (code !== undefined) void reply.header('X-Rind-Error', code);
    void this.plain(reply, script)
      .status(status)
      .type('text/html; charset=utf-8')
      .send(page(title, content, person, script));
  }

  /** For a script of ours: where to go next, what to ask of the browser, or in words what is refused. */
  answer(reply: FastifyReply, status: number, body: object, code?: string): void {
    if (code !== undefined) void reply.header('X-Rind-Error', code);
    void this.plain(reply).status(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
  }

  /** A script of a page; its name never means another text. */
  sendScript(reply: FastifyReply, { text }: PageScript): void {
    void reply
      .headers({
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': 'same-origin',
      })
      .type('text/javascript; charset=utf-8')
      .send(text);
  }

  redirect(reply: FastifyReply, to: string): void {
    this.plain(reply).redirect(to, 303);
  }

  /** A session begins, or ends where `signedIn` is null; nobody owes a second factor any more. */
  signed(reply: FastifyReply, signedIn: SignedIn | null, to: string): void {
    this.setSession(reply, signedIn);
    this.redirect(reply, to);
  }

  /** A session begins, and a script of ours is told where to go. */
  signedForScript(reply: FastifyReply, signedIn: SignedIn, next: string): void {
    this.setSession(reply, signedIn);
    this.answer(reply, 200, { next });
  }

  /** The device is known from now on; null changes nothing. */
  remember(reply: FastifyReply, device: string | null): void {
    if (device !== null) void reply.header('Set-Cookie', this.parts.deviceCookie.set(device));
  }

  /** The password was right, and a second factor is owed, or its confirmation by mail. */
  halfSigned(reply: FastifyReply, cookie: string, to: string): void {
    void reply.header('Set-Cookie', this.parts.halfCookie.set(cookie));
    this.redirect(reply, to);
  }

  private setSession(reply: FastifyReply, signedIn: SignedIn | null): void {
    const { cookie: full, halfCookie: half } = this.parts;
    const session = signedIn === null ? full.clear() : full.set(signedIn.cookie);
    void reply.header('Set-Cookie', [session, half.clear()]);
    this.remember(reply, signedIn?.device ?? null);
  }

  /** Of people, and of links that open accounts: nothing is kept, framed, or told to other sites. */
  private plain(reply: FastifyReply, script: PageScript | null = null): FastifyReply {
    const policy =
      script === null ? style.policy : style.policyWithScript(`${this.parts.origin}${script.path}`);
    return reply.headers({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': policy,
      // Not `no-referrer`: browsers would then hide where a form comes from.
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
  }
}
