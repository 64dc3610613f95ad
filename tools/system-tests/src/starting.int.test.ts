import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { clusterFolder, runAs } from '@rind/embedded-postgres';
import type { InstanceFile } from './instance.ts';
import { readSignedOutput } from './signed-output.ts';
import { SupervisorCommand, processesOf } from './supervisor-command.ts';
import { publish } from './uploads.ts';

const few = ['--port', '0', '--bins', '64'];
const again = ['--port', '0'];
const noDemo = '--no-demo';
const folders: string[] = [];
const running = new Set<SupervisorCommand>();

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rind-starting-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

function start(dataDir: string, ...args: string[]): SupervisorCommand {
  const command = new SupervisorCommand(dataDir, args);
  running.add(command);
  void command.exited.then(() => running.delete(command));
  return command;
}

async function started(dataDir: string, ...args: string[]): Promise<SupervisorCommand> {
  const command = start(dataDir, ...args);
  await command.ready();
  return command;
}

function pidsOf({ processes }: InstanceFile): (number | null)[] {
  const { supervisor, postgres, gate, warehouse, auth, signer } = processes;
  return [supervisor, postgres, gate, warehouse, auth, ...signer];
}

function listed({ store }: InstanceFile): string[] {
  return [...readSignedOutput(store.path).targets.keys()].sort();
}

/** What a refused start must leave alone. */
function fingerprint(dataDir: string): Record<string, string> {
  return Object.fromEntries(
    ['rind.json', 'settings.json', 'secrets.json', 'store/metadata/timestamp.json'].map((file) => {
      const path = join(dataDir, file);
      return [file, `${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`];
    }),
  );
}

afterEach(async () => {
  await Promise.all([...running].map((command) => command.signal('SIGTERM')));
});
afterAll(() => {
  for (const folder of folders) {
    rmSync(clusterFolder(join(folder, 'postgres'), runAs()), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('stopping and starting again', () => {
  const dataDir = newFolder();
  let first: InstanceFile;
  let targets: string[];

  it('SIGTERM stops every process, PostgreSQL too, and exits 0', async () => {
    const command = await started(dataDir, ...few);
    await publish(command.file, 'kept', '1.0');
    first = command.file;
    targets = listed(first);
    expect(targets).toContain('packages/rind-demo/rind_demo-1.0.0.tar.gz');
    expect(targets).toContain('packages/kept/kept-1.0.tar.gz');
    expect(statSync(join(dataDir, 'rind.json')).mode & 0o777).toBe(0o600);
    expect(new Set(processesOf(dataDir))).toEqual(new Set([...processesOf(dataDir), ...pidsOf(first)]));

    expect((await command.signal('SIGTERM')).exitCode).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
    const { ready, processes } = command.file;
    expect(ready).toBe(false);
    const { supervisor: _ours, ...children } = processes;
    expect(children).toEqual({ postgres: null, gate: null, warehouse: null, auth: null, signer: [null] });
  });

  it('a second start is ready within seconds and keeps token, root, files and name', async () => {
    const command = start(dataDir, ...again);
    const tookMs = await command.ready();
    console.log(`second start: ready after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(10_000);
    const { file } = command;
    expect(file.ready).toBe(true);
    expect([file.token, file.repository, file.root]).toEqual([first.token, first.repository, first.root]);
    expect(listed(file)).toEqual(targets);
    await publish({ ...file, token: first.token }, 'kept', '1.1');
    targets = listed(file);
  });

  it('a start after SIGKILL ends what was left and says nothing false meanwhile', async () => {
    const killed = await started(dataDir, ...again, noDemo);
    const left = pidsOf(killed.file).slice(1);
    await killed.signal('SIGKILL');
    expect(processesOf(dataDir)).toEqual(expect.arrayContaining(left));

    const command = start(dataDir, ...again, noDemo);
    const seen: boolean[] = [];
    await command.until('ready', () => {
      const printed = command.printed.includes('RIND READY ');
      if (!printed && command.file.processes.supervisor === command.pid) seen.push(command.file.ready);
      return printed;
    });
    expect(seen).not.toContain(true);
    expect(processesOf(dataDir).filter((pid) => left.includes(pid))).toEqual([]);
    expect(listed(command.file)).toEqual(targets);
    await publish(command.file, 'kept', '1.2');
    expect((await command.signal('SIGTERM')).exitCode).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  });
});
