import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, tail } from './command.ts';
import type { Outcome } from './command.ts';
import type { Context } from './suite.ts';

/** `pip COMMAND --index-url SIMPLE …`, with no other place to look. */
export function pip(context: Context, [command = '', ...args]: readonly string[]): Promise<Outcome> {
  const { python, instance, environment } = context;
  const all = [command, '--index-url', instance.file.simple, ...args];
  return runCommand(python.program('pip'), all, { environment });
}

/** `uv pip COMMAND --index-url SIMPLE …`, likewise. */
export function uvPip(context: Context, [command = '', ...args]: readonly string[]): Promise<Outcome> {
  const { python, instance, environment } = context;
  const all = [
    'pip',
    command,
    '--index-url',
    instance.file.simple,
    '--python',
    python.program('python'),
    ...args,
  ];
  return runCommand(python.program('uv'), all, { environment });
}

/** Writes a requirements file and answers its path. */
export function requirementsFile(folder: string, ...lines: readonly string[]): string {
  const path = join(folder, 'requirements.txt');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Runs Python with what was installed in `target`, and that first. */
export async function assertPython(context: Context, target: string, script: string): Promise<void> {
  const outcome = await runCommand(context.python.program('python'), ['-c', script], {
    environment: { ...context.environment, PYTHONPATH: target },
  });
  assert.equal(outcome.code, 0, tail(outcome));
}
