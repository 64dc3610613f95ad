import { z } from 'zod';
import { KitError } from './errors.ts';
import type { ConfigProblem } from './errors.ts';

/** Variables that may hold a value in development only. */
const developmentOnly = ['RIND_CRASH_AT', 'RIND_STOP_AT', 'RIND_FAULTS', 'RIND_CLOCK_OFFSET_MS'] as const;

const integer = /^-?[0-9]{1,15}$/;

/** A whole number written in decimal. */
export const wholeNumber = z.string().regex(integer, 'must be a whole number').transform(Number);

/** A whole number of at least `min` (and at most `max`). */
export function wholeNumberFrom(min: number, max = Number.MAX_SAFE_INTEGER) {
  return wholeNumber.pipe(z.number().min(min).max(max));
}

/** A secret shared by two processes: at least 32 characters without spaces. */
export const sharedSecret = z
  .string()
  .regex(/^[\x21-\x7e]{32,512}$/, 'must be 32 to 512 printable characters');

/** An absolute http(s) URL; a trailing slash is cut off. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => (url.endsWith('/') ? url.slice(0, -1) : url));

/** What every process reads; spread it into the schema of an app. */
export const commonVariables = {
  RIND_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  RIND_LISTEN_PORT: wholeNumberFrom(0, 65_535),
  /** The name that grants are bound to. */
  RIND_REPOSITORY: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/),
  /** Folder for the markers of crash points. */
  RIND_STATE_DIR: z.string().min(1).optional(),
  RIND_CRASH_AT: z.string().min(1).optional(),
  RIND_STOP_AT: z.string().min(1).optional(),
  /** Milliseconds added to the clock of the process. */
  RIND_CLOCK_OFFSET_MS: wholeNumber.optional(),
  NODE_ENV: z.string().default('development'),
};

/**
 * Parses the environment once, before anything starts.
 * An empty variable counts as absent, as shells and compose files leave them.
 * @throws KitError `config.invalid` naming every problem at once, and no value
 */
export function loadConfig<Schema extends z.ZodType<object>>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const problems: ConfigProblem[] = [];
  if (given['NODE_ENV'] === 'production') {
    for (const name of developmentOnly) {
      if (given[name] !== undefined) problems.push({ name, problem: 'is for development only' });
    }
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? '(environment)');
      problems.push({ name, problem: given[name] === undefined ? 'is missing' : issue.message });
    }
  }
  if (problems.length > 0 || !parsed.success) {
    const names = problems.map(({ name, problem }) => `${name} ${problem}`).join('; ');
    throw new KitError('config.invalid', `the environment is not usable: ${names}`, { problems });
  }
  return Object.freeze(parsed.data);
}
