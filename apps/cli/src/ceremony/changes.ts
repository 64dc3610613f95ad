import { parsePublicKey } from '@rind/repository';
import type { KeyChange } from '@rind/repository';
import type { PublicKey } from '@rind/crypto';
import { CliError } from '../errors.ts';
import { readLocalFile } from '../local-file.ts';

/** A change as it is written on the command line: `--role` belongs to the key that stands before it. */
export interface WrittenChange {
  readonly kind: 'add-key' | 'remove-key';
  /** File of the public key, or key id. */
  readonly key: string;
  readonly roles: string[];
}

/** Collects `--add-key`, `--remove-key` and `--role` in the order in which they were written. */
export class WrittenChanges {
  readonly keys: WrittenChange[] = [];

  key(kind: WrittenChange['kind'], key: string): void {
    this.keys.push({ kind, key, roles: [] });
  }

  role(name: string): void {
    const last = this.keys.at(-1);
    if (last === undefined)
      throw usage('role', '--role follows the --add-key or --remove-key that it is for');
    last.roles.push(name);
  }
}

/** @throws CliError `usage.invalid` */
export function keyChanges(written: WrittenChanges, thresholds: readonly string[]): KeyChange[] {
  const keys = written.keys.flatMap(({ kind, key, roles }) => {
    if (roles.length === 0) throw usage(kind, `--${kind} needs a --role after it`);
    return roles.map((role): KeyChange =>
      kind === 'add-key' ? { kind, role, key: readPublicKey(key) } : { kind, role, keyId: key },
    );
  });
  return [...keys, ...thresholds.map(thresholdChange)];
}

/** A `.pub.json` file. */
export function readPublicKey(path: string): PublicKey {
  const key = parsePublicKey(readLocalFile(path));
  if (key === null) throw usage('add-key', `${path} is no public key (a .pub.json file is wanted)`);
  return key;
}

function thresholdChange(text: string): KeyChange {
  const [, role, count] = /^([a-z-]+)=([1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (role === undefined) throw usage('threshold', `--threshold wants ROLE=NUMBER, not ${text}`);
  return { kind: 'threshold', role, threshold: Number(count) };
}

function usage(argument: string, message: string): CliError {
  return new CliError('usage.invalid', message, { argument });
}
