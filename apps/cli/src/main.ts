import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { invocation } from './invocation.ts';
import type { SharedOptions } from './invocation.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';
import type { Work } from './program.ts';

/** Runs one command: its result on stdout, its error in one form, its exit code from one table. */
async function run(options: SharedOptions, work: Work): Promise<void> {
  try {
    process.exitCode = (await work(invocation(options, process.env))) ?? exitCodes.ok;
  } catch (error) {
    process.exitCode = new Output(options.json === true).fail(error);
  }
}

const complaints: string[] = [];
const program = buildProgram(run, (text) => complaints.push(text.replace(/^error: /, '').trim()));
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : usage(error);
}

/** Help was printed already where it was asked for; a mistake is told in the form of every error. */
function usage({ code }: CommanderError): number {
  const json = process.argv.includes('--json');
  if (!json && complaints.length === 0) return exitCodes.usage;
  const message = complaints.join(' ') || 'a command is missing';
  const argument = /'([^']+)'/.exec(message)?.[1] ?? code;
  return new Output(json).fail(new CliError('usage.invalid', message, { argument }));
}
