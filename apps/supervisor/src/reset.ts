import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { DataDir } from './instance/data-dir.ts';
import { SupervisorError } from './instance/errors.ts';
import { databaseFolder, endDatabase } from './processes/leftovers.ts';

/** `--reset`, before anything is touched: refuses a folder that is not ours, and a question that nobody can answer. */
export function checkReset(data: DataDir, yes: boolean): void {
  if (existsSync(data.path) && readdirSync(data.path).length > 0 && !existsSync(data.stateDir)) {
    throw refused(`${data.path} was not made by Rind: --reset leaves it alone`);
  }
  if (!yes && !process.stdin.isTTY) throw refused('--reset without a terminal needs --yes');
}

/** Deletes the data folder and the database that belongs to it, after a yes; answers whether it did. */
export async function reset(data: DataDir, yes: boolean): Promise<boolean> {
  if (!existsSync(data.path)) return true;
  if (!yes && !(await confirmed(`Delete everything in ${data.path}?`))) return false;
  await deleteDatabase(data);
  rmSync(data.path, { recursive: true });
  return true;
}

/** A data folder that was deleted by hand may have left its database, which can lie elsewhere: a new one has nothing to do with it. */
export async function forgetDeleted(data: DataDir): Promise<void> {
  if (!existsSync(data.settingsFile) && databaseFolder(data) !== data.postgres) await deleteDatabase(data);
}

async function deleteDatabase(data: DataDir): Promise<void> {
  await endDatabase(data);
  rmSync(databaseFolder(data), { recursive: true, force: true });
}

async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return answer.trim().toLowerCase() === 'y';
}

function refused(problem: string): SupervisorError {
  return new SupervisorError('option.invalid', problem, { option: 'reset' });
}
