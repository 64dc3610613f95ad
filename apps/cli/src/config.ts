import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { CliError } from './errors.ts';

/** What the command takes from its environment, read once. */
export interface CliConfig {
  /** Folder of the instance when `--data` does not name one: RIND_DATA, else `.rind` in the checkout. */
  readonly dataDir: string;
  /** Milliseconds added to the machine's clock (development only: RIND_CLOCK_OFFSET_MS). */
  readonly clockOffsetMs: number;
}

/** The checkout that this command belongs to; the same from `src` and from `dist`. */
const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** @throws CliError `usage.invalid` */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): CliConfig {
  const { RIND_DATA: data, RIND_CLOCK_OFFSET_MS: offset, NODE_ENV: mode } = environment;
  return Object.freeze({
    dataDir: data === undefined || data === '' ? resolve(checkout, '.rind') : resolve(data),
    clockOffsetMs: offset === undefined || offset === '' ? 0 : clockOffset(offset, mode),
  });
}

function clockOffset(text: string, mode: string | undefined): number {
  const argument = 'RIND_CLOCK_OFFSET_MS';
  if (mode === 'production')
    throw new CliError('usage.invalid', `${argument} is for development only`, { argument });
  if (!/^-?[0-9]{1,15}$/.test(text)) {
    throw new CliError('usage.invalid', `${argument} wants milliseconds, not ${text}`, { argument });
  }
  return Number(text);
}
