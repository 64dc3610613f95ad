import { readFileSync } from 'node:fs';
import { fromHex } from '@rind/kernel';
import { commonVariables, httpUrl, KitError, loadConfig, sharedSecret } from '@rind/nest-kit';
import { z } from 'zod';
import { AuthError } from './errors.ts';
import type { SmtpServer } from './mail/smtp.ts';
import { isTrustworthyAddress, readIssuers } from './trusted-publishing/issuer-list.ts';
import type { Issuer } from './trusted-publishing/issuer-list.ts';

const variables = z.object({
  ...commonVariables,
  RIND_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  RIND_GRANT_KEY_FILE: z.string().min(1),
  RIND_KEY_PASSPHRASE_FILE: z.string().min(1),
  /** File with 64 hex digits. */
  RIND_SEAL_KEY_FILE: z.string().min(1),
  RIND_GATE_AUTH_SECRET: sharedSecret,
  RIND_SIGNER_AUTH_SECRET: sharedSecret,
  RIND_OPERATOR_AUTH_SECRET: sharedSecret,
  /** The warehouse, which takes what people confirm here. */
  RIND_WAREHOUSE_URL: httpUrl,
  /** Where everybody meets the index; receipts are linked there. */
  RIND_PUBLIC_URL: httpUrl.optional(),
  /** Where people meet auth in their browsers. */
  RIND_AUTH_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .refine((url) => new URL(url).origin === url, 'is an origin alone'),
  /** `development`: mails are kept where everybody may read them, at `/mailbox/`. `smtp`: they are sent. */
  RIND_MAIL: z.enum(['development', 'smtp']),
  /** File with the address of the mail server, login included: `smtps://user:password@host`. */
  RIND_SMTP_URL_FILE: z.string().min(1).optional(),
  /** Sender of mails: `accounts@example.org`, or `Rind <accounts@example.org>`. */
  RIND_MAIL_FROM: z
    .string()
    .regex(/^(?:[A-Za-z0-9 ._-]{1,60} <)?[!#-;=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,190}>?$/)
    .optional(),
  /** File of passwords that were stolen elsewhere: SHA-1 in upper-case hex, in order. */
  RIND_BREACHED_PASSWORDS_FILE: z.string().min(1).optional(),
  /** Location field of macaroons: the index's domain. */
  RIND_TOKEN_LOCATION: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  /** Keys of whoever reports leaked tokens, in the form of GitHub. */
  RIND_DISCLOSURE_KEYS_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isTrustworthyAddress, 'is neither https nor this machine')
    .optional(),
  /** JSON: whose identity tokens count. */
  RIND_OIDC_ISSUERS_FILE: z.string().min(1).optional(),
  /** Whom identity tokens have to be for. */
  RIND_OIDC_AUDIENCE: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional(),
});

export interface AuthConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly databaseUrl: string;
  /** The repository that grants are for. */
  readonly repository: string;
  readonly warehouseUrl: string;
  /** The index's public address, without a slash at the end; null when auth was not told. */
  readonly publicUrl: string | null;
  /** Where people meet auth: scheme, host and port. */
  readonly origin: string;
  /** Whether mails can be read at `/mailbox/`. */
  readonly mailbox: boolean;
  /** Where mails are sent by; null in development. */
  readonly smtp: SmtpServer | null;
  /** A list of passwords that nobody may choose; null for none. */
  readonly breachedPasswords: string | null;
  /** Where the keys of whoever reports leaked tokens are; null: nobody does. */
  readonly disclosureKeysUrl: string | null;
  readonly tokenLocation: string;
  /** Trusted publishing; off while no issuer is listed. */
  readonly oidc: { readonly issuers: readonly Issuer[]; readonly audience: string };
  readonly grantKey: { readonly path: string; readonly passphrase: string };
  /** 32 bytes; seals the root keys of tokens. */
  readonly sealKey: Uint8Array;
  readonly secrets: { readonly gate: string; readonly signer: string; readonly operator: string };
  readonly clockOffsetMs: number;
  readonly checkpoints: {
    readonly stateDir: string | undefined;
    readonly crashAt: string | undefined;
    readonly stopAt: string | undefined;
  };
}

/**
 * @throws KitError `config.invalid`; contents of the files named never appear in it
 * @throws AuthError `config.development-only`: a key file, and `NODE_ENV=production`
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): AuthConfig {
  const read = loadConfig(variables, env);
  if (read.NODE_ENV === 'production') {
    throw new AuthError('config.development-only', 'keys in files are for development only', {
      variables: ['RIND_GRANT_KEY_FILE'],
    });
  }
  return Object.freeze({
    listen: { host: read.RIND_LISTEN_HOST, port: read.RIND_LISTEN_PORT },
    databaseUrl: read.RIND_DATABASE_URL,
    repository: read.RIND_REPOSITORY,
    warehouseUrl: read.RIND_WAREHOUSE_URL,
    publicUrl: read.RIND_PUBLIC_URL ?? null,
    origin: read.RIND_AUTH_ORIGIN,
    mailbox: read.RIND_MAIL === 'development',
    smtp: read.RIND_MAIL === 'smtp' ? smtpOf(read) : null,
    breachedPasswords: read.RIND_BREACHED_PASSWORDS_FILE ?? null,
    disclosureKeysUrl: read.RIND_DISCLOSURE_KEYS_URL ?? null,
    tokenLocation: read.RIND_TOKEN_LOCATION,
    oidc: {
      issuers: readIssuers(read.RIND_OIDC_ISSUERS_FILE),
      audience: read.RIND_OIDC_AUDIENCE ?? read.RIND_TOKEN_LOCATION.replace(/:\d+$/, ''),
    },
    grantKey: {
      path: read.RIND_GRANT_KEY_FILE,
      passphrase: secretFile('RIND_KEY_PASSPHRASE_FILE', read.RIND_KEY_PASSPHRASE_FILE, /^.{1,1024}$/s),
    },
    sealKey: fromHex(secretFile('RIND_SEAL_KEY_FILE', read.RIND_SEAL_KEY_FILE, /^[0-9a-f]{64}$/)),
    secrets: {
      gate: read.RIND_GATE_AUTH_SECRET,
      signer: read.RIND_SIGNER_AUTH_SECRET,
      operator: read.RIND_OPERATOR_AUTH_SECRET,
    },
    clockOffsetMs: read.RIND_CLOCK_OFFSET_MS ?? 0,
    checkpoints: { stateDir: read.RIND_STATE_DIR, crashAt: read.RIND_CRASH_AT, stopAt: read.RIND_STOP_AT },
  });
}

function smtpOf(read: z.output<typeof variables>): SmtpServer {
  const { RIND_SMTP_URL_FILE: path, RIND_MAIL_FROM: from } = read;
  if (path === undefined || from === undefined) {
    const name = path === undefined ? 'RIND_SMTP_URL_FILE' : 'RIND_MAIL_FROM';
    const problems = [{ name, problem: 'is missing, and RIND_MAIL is smtp' }];
    throw new KitError('config.invalid', `${name} is missing, and RIND_MAIL is smtp`, { problems });
  }
  const url = secretFile('RIND_SMTP_URL_FILE', path, /^smtps?:\/\/[!-~]{1,1000}$/);
  if (!URL.canParse(url)) {
    const problems = [
      { name: 'RIND_SMTP_URL_FILE', problem: 'names a file that does not hold what it should' },
    ];
    throw new KitError('config.invalid', 'RIND_SMTP_URL_FILE holds no address', { problems });
  }
  return { url, from };
}

function secretFile(name: string, path: string, shape: RegExp): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const problems = [{ name, problem: 'names a file that cannot be read' }];
    throw new KitError('config.invalid', `${name} names a file that cannot be read`, { problems }, { cause });
  }
  if (!shape.test(text)) {
    const problems = [{ name, problem: 'names a file that does not hold what it should' }];
    throw new KitError('config.invalid', `${name} names a file that does not hold what it should`, {
      problems,
    });
  }
  return text;
}
