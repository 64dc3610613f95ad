import { createTransport } from 'nodemailer';
import type { Transporter } from 'nodemailer';
import type { Message } from './messages.ts';

export interface SmtpServer {
  /** `smtp://` (with STARTTLS, which is insisted on unless the server is this machine) or `smtps://`. */
  readonly url: string;
  /** Sender of all mails. */
  readonly from: string;
}

export interface OutgoingMail extends Message {
  /** Becomes the Message-ID: who gets a mail twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly at: Date;
}

/** The mail server took a mail not. `permanent`: it never will (a reply of 5xx about this mail). */
export class SmtpRefusal extends Error {
  readonly permanent: boolean;

  /** @param cause what the library said; it may quote the server, never the mail */
  constructor(permanent: boolean, cause: unknown) {
    super('a mail was not sent', { cause });
    this.permanent = permanent;
  }
}

const connectMs = 15_000;
const silenceMs = 30_000;

/** Sends mails by SMTP (RFC 5321). */
export class Smtp {
  private readonly transport: Transporter;
  private readonly from: string;

  constructor({ url, from }: SmtpServer) {
    this.from = from;
    this.transport = createTransport({
      ...serverOf(url),
      pool: true,
      maxConnections: 2,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      // What is sent is ours, text alone: nothing is read from files or other servers.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** @throws SmtpRefusal */
  async send({ id, to, at, subject, text }: OutgoingMail): Promise<void> {
    const domain = this.from.slice(this.from.lastIndexOf('@') + 1).replace(/>$/, '');
    try {
      await this.transport.sendMail({
        from: this.from,
        // As an object: an address is never read as a list of several.
        to: { name: '', address: to },
        subject,
        text,
        date: at,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (cause) {
      const { responseCode } = cause as { responseCode?: number };
      throw new SmtpRefusal(isPermanent(cause, responseCode), cause);
    }
  }

  close(): void {
    this.transport.close();
  }
}

/** A refusal of sender's login or of everything is not one of this mail: it is tried again. */
function isPermanent(cause: unknown, responseCode: number | undefined): boolean {
  const { code } = cause as { code?: string };
  return responseCode !== undefined && responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}

function serverOf(url: string): object {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port === '' ? (secure ? 465 : 587) : port),
    secure,
    requireTLS: !secure && !isHere,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}
