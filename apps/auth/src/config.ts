import { readFileSync } from 'node:fs';
import { fromHex } from '@rind/kernel';
import { commonVariables, KitError, loadConfig, sharedSecret } from '@rind/nest-kit';
import { z } from 'zod';
import { AuthError } from './errors.ts';

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
  /** Where people meet auth in their browsers. */
  RIND_AUTH_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .refine((url) => new URL(url).origin === url, 'is an origin alone'),
  /** `development`: mails are kept where everybody may read them, at `/mailbox/`. */
  RIND_MAIL: z.literal('development'),
  /** Location field of macaroons: the index's domain. */
  RIND_TOKEN_LOCATION: z.string().regex(/^[\x21-\x7e]{1,255}$/),
});

export interface AuthConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly databaseUrl: string;
  /** The repository that grants are for. */
  readonly repository: string;
  /** Where people meet auth: scheme, host and port. */
  readonly origin: string;
  /** Whether mails can be read at `/mailbox/`. */
  readonly mailbox: boolean;
  readonly tokenLocation: string;
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
    origin: read.RIND_AUTH_ORIGIN,
    mailbox: read.RIND_MAIL === 'development',
    tokenLocation: read.RIND_TOKEN_LOCATION,
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
