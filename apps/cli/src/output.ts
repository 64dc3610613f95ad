import { isRindError, messageOf } from '@rind/kernel';
import { CliError } from './errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';

/** Where a command writes: results on stdout, everything else on stderr. */
export class Output {
  private readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A result, or one of many: `value` as one line of JSON with --json, else the human text. */
  result(value: unknown, text: string): void {
    process.stdout.write(this.json ? `${JSON.stringify(value)}\n` : `${printable(text)}\n`);
  }

  /** What is going on, for people who watch. */
  progress(text: string): void {
    if (process.stderr.isTTY && !this.json) process.stderr.write(`${printable(text)}\n`);
  }

  /** Prints the error in the form of docs/reference/cli.md and answers the exit code that it means. */
  fail(error: unknown): ExitCode {
    if (this.json) process.stdout.write(`${JSON.stringify({ error: errorDocument(error) })}\n`);
    else process.stderr.write(`${printable(describeError(error))}\n`);
    return exitCodeOf(error);
  }
}

interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly role: unknown;
  readonly reason: unknown;
  readonly spec: unknown;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What is null means nothing for this code. */
export function errorDocument(error: unknown): ErrorDocument {
  const { role = null, reason = null, spec = null, ...detail } = detailsOf(error);
  return { code: codeOf(error), message: messageOf(error), role, reason, spec, detail };
}

/** What to do next, where the code alone says it. */
const hints: Readonly<Record<string, string>> = {
  'target.not-found': 'nothing of that name is signed here',
  'fetch.failed': 'is the index running, and the address right?',
  'network.failed': 'is the index running, and the address right?',
  'verify.expired':
    'the index has stopped signing, an old state is served, or the clock of this machine is wrong',
  'target.not-yet': 'a publication usually takes a second or two; rind status says what holds it up',
};

/** One line for people, naming what the error is about, and a second one where there is a next step. */
export function describeError(error: unknown): string {
  const code = codeOf(error);
  const hint = hints[code];
  return `rind: ${messageOf(error)}${subjectOf(error)} [${code}]${hint === undefined ? '' : `\n  → ${hint}`}`;
}

/** Our own messages say what they are about; those of libraries leave it to the details. */
function subjectOf(error: unknown): string {
  if (error instanceof CliError) return '';
  const details = detailsOf(error);
  const subject = ['url', 'path', 'filename', 'name', 'version', 'key']
    .map((field) => details[field])
    .find((value) => typeof value === 'string');
  return typeof subject !== 'string' || messageOf(error).includes(subject) ? '' : `: ${subject}`;
}

function codeOf(error: unknown): string {
  return isRindError(error) ? error.code : 'internal.error';
}

function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  return isRindError(error) ? (error.details as Record<string, unknown>) : {};
}

/** Names and paths may be other people's: none of them moves the cursor of the terminal that shows them. */
export function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
