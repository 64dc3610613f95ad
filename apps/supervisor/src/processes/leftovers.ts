import { execFileSync } from 'node:child_process';
import { SupervisorError } from '../instance/errors.ts';
import { readJsonFile } from '../instance/atomic-file.ts';
import type { DataDir } from '../instance/data-dir.ts';

/** What a supervisor writes down about itself and its children, so that the next one can clean up. */
export interface LockRecord {
  readonly supervisor: number;
  readonly children: readonly { readonly pid: number; readonly entry: string }[];
}

/**
 * Refuses a second supervisor on one folder; ends processes that a killed supervisor left behind. A pid is
 * only touched when its command line still is the one that was written down.
 */
export async function cleanLeftovers(data: DataDir, supervisorEntry: string): Promise<number> {
  const record = readJsonFile<LockRecord>(data.lockFile);
  if (record === null) return 0;
  if (record.supervisor !== process.pid && commandOf(record.supervisor).includes(supervisorEntry)) {
    throw new SupervisorError(
      'data.in-use',
      `another instance (pid ${record.supervisor}) uses ${data.path}`,
      {
        dataDir: data.path,
        pid: record.supervisor,
      },
    );
  }
  const left = record.children.filter(({ pid, entry }) => commandOf(pid).includes(entry));
  for (const { pid } of left) signal(pid, 'SIGKILL');
  for (let i = 0; i < 100 && left.some(({ pid, entry }) => commandOf(pid).includes(entry)); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return left.length;
}

/** The command line of a process, empty when there is none. */
function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile.
  }
}
