import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));
const command = fileURLToPath(new URL('../../../apps/cli/dist/commands/fsck.js', import.meta.url));

/** Whether this tree has `rind fsck`. */
export const hasFsck = existsSync(command);

export interface FsckOutcome {
  readonly code: number;
  readonly output: string;
}

/** `rind fsck` of a served repository: exit code 0 is a clean one. */
export function runFsck(location: string, rootFile: string): Promise<FsckOutcome> {
  const args = [program, 'fsck', location, '--root', rootFile, '--json'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: `${stdout}${stderr}`.slice(-4_000) });
    });
  });
}
