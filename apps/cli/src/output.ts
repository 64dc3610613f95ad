import { isRindError, messageOf } from '@rind/kernel';
import { exitCodeOf } from './exit-codes.ts';

/** Where a command writes: results on stdout, everything else on stderr. */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** The result: `value` as one line of JSON with --json, else the human text. */
  result(value: unknown, text: string): void {
    process.stdout.write(this.json ? `${JSON.stringify(value)}\n` : `${text}\n`);
  }

  /** One of many results, a line each. */
  line(value: unknown, text: string): void {
    this.result(value, text);
  }

  note(text: string): void {
    if (process.stderr.isTTY && !this.json) process.stderr.write(`${text}\n`);
  }

  /** Prints the error in the form of docs/reference/cli.md and answers the exit code. */
  fail(error: unknown): number {
    const details = isRindError(error) ? (error.details as Record<string, unknown>) : {};
    const code = isRindError(error) ? error.code : 'internal';
    if (this.json) {
      const { role = null, reason = null, spec = null, ...detail } = details;
      process.stdout.write(
        `${JSON.stringify({ error: { code, message: messageOf(error), role, reason, spec, detail } })}\n`,
      );
    } else {
      const where = [details['role'], details['spec']].filter((part) => typeof part === 'string').join(', ');
      process.stderr.write(`rind: ${messageOf(error)} [${code}]${where === '' ? '' : ` (${where})`}\n`);
    }
    return exitCodeOf(error);
  }
}
