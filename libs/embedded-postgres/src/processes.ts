import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const proc = '/proc';

/**
 * Tells a process from a later one of the same number: its start time, in whatever form the platform
 * says it; null when it is gone.
 */
export function birthMark(pid: number): string | null {
  if (existsSync(join(proc, 'self', 'stat'))) {
    try {
      const stat = readFileSync(join(proc, String(pid), 'stat'), 'utf8');
      // The command's name, in parentheses, may hold anything; start time is field 22, state field 3.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    } catch {
      return null;
    }
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * The server processes of a cluster: they work in its folder and were started from our binaries, so
 * backends that outlived their server are found as well, and nobody's shell is. `cluster` and
 * `executable` are real paths.
 */
export function serverProcesses(cluster: string, executable: string): number[] {
  if (!existsSync(join(proc, 'self', 'stat'))) return serversByArguments(cluster, executable);
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const binary = readlinkSync(join(proc, name, 'exe')).replace(/ \(deleted\)$/, '');
        return binary === executable && readlinkSync(join(proc, name, 'cwd')) === cluster;
      } catch {
        return false;
      }
    })
    .map(Number);
}

function serversByArguments(cluster: string, executable: string): number[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' });
  return (stdout ?? '')
    .split('\n')
    .filter((line) => line.includes(`${executable} -D ${cluster} `))
    .map((line) => Number.parseInt(line, 10));
}
