import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthError } from '../errors.ts';
import type { Person, Sessions, Visitor } from '../sessions/sessions.ts';
import type { OwnCookie } from './cookie.ts';
import { page } from './page.ts';
import { style } from './style.ts';
import type { Html } from '@rind/html';

export interface WebParts {
  readonly sessions: Sessions;
  readonly cookie: OwnCookie;
  /** Of people who owe the second factor. */
  readonly halfCookie: OwnCookie;
  /** Where people meet auth, without a slash at the end. */
  readonly origin: string;
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

  /** A field of a form; what is missing, or there twice, is empty. */
  field(request: FastifyRequest, name: string): string {
    const body: unknown = request.body;
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
    const value = (body as Record<string, unknown>)[name];
    return typeof value === 'string' && value.length <= 1_000 ? value.replaceAll('\0', '') : '';
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
    { person = null, code }: { readonly person?: Person | null; readonly code?: string } = {},
  ): void {
    if (code !== undefined) void reply.header('X-Rind-Error', code);
    void this.plain(reply)
      .status(status)
      .type('text/html; charset=utf-8')
      .send(page(title, content, person));
  }

  redirect(reply: FastifyReply, to: string): void {
    this.plain(reply).redirect(to, 303);
  }

  /** A session begins, or ends where `cookie` is null; nobody owes a second factor any more. */
  signed(reply: FastifyReply, cookie: string | null, to: string): void {
    const { cookie: full, halfCookie: half } = this.parts;
    void reply.header('Set-Cookie', [cookie === null ? full.clear() : full.set(cookie), half.clear()]);
    this.redirect(reply, to);
  }

  /** The password was right, and a second factor is owed. */
  halfSigned(reply: FastifyReply, cookie: string, to: string): void {
    void reply.header('Set-Cookie', this.parts.halfCookie.set(cookie));
    this.redirect(reply, to);
  }

  /** Of people, and of links that open accounts: nothing is kept, framed, or told to other sites. */
  private plain(reply: FastifyReply): FastifyReply {
    return reply.headers({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': style.policy,
      // Not `no-referrer`: browsers would then hide where a form comes from.
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
  }
}
