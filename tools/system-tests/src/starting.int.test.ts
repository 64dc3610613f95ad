import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
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
    expect(processesOf(dataDir)).toEqual(expect.arrayContaining(pidsOf(first)));

    expect((await command.signal('SIGTERM')).exitCode).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
    const { ready, processes } = command.file;
    expect(ready).toBe(false);
    expect(processes).toEqual({
      supervisor: command.pid,
      postgres: null,
      gate: null,
      warehouse: null,
      auth: null,
      signer: [null],
    });
  });

  it('a second start keeps token, root, files and name', async () => {
    const command = start(dataDir, ...again);
    const tookMs = await command.ready();
    console.log(`second start: ready after ${Math.round(tookMs)} ms`);
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
    // A child that has something to say meanwhile finds nobody listening, and ends by itself.
    expect(processesOf(dataDir)).toContain(killed.file.processes.postgres);

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

describe('one folder, one instance', () => {
  it('two instances live side by side, and a second one on a folder in use is refused', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [a, b] = await Promise.all([
      started(here, ...few, noDemo),
      started(there, '--port', '0', '--bins', '4', noDemo),
    ]);
    await Promise.all([publish(a.file, 'here', '1.0'), publish(b.file, 'there', '1.0')]);
    expect(listed(a.file).filter((path) => path.startsWith('packages/'))).toEqual([
      'packages/here/here-1.0.tar.gz',
    ]);
    expect(listed(b.file).filter((path) => path.startsWith('packages/'))).toEqual([
      'packages/there/there-1.0.tar.gz',
    ]);
    const ports = [a.file, b.file].flatMap(({ url, endpoints, db }) => [
      url,
      endpoints.gate,
      endpoints.warehouse,
      endpoints.auth,
      ...endpoints.signer,
      new URL(db.signer).port,
    ]);
    expect(new Set(ports).size).toBe(ports.length);

    const before = fingerprint(here);
    const pids = pidsOf(a.file);
    for (const args of [again, [...again, '--reset', '--yes']]) {
      const refused = await SupervisorCommand.run(here, ...args);
      expect([refused.exitCode, refused.printed]).toEqual([1, expect.stringContaining('(data.in-use)')]);
    }
    expect([fingerprint(here), pidsOf(a.file), a.file.ready]).toEqual([before, pids, true]);
    await publish(a.file, 'here', '1.1');
  });

  it('of two starts at the same moment one is refused', async () => {
    const dataDir = newFolder();
    const commands = [start(dataDir, ...few, noDemo), start(dataDir, ...few, noDemo)];
    const loser = await Promise.race(
      commands.map(async (command) => ({ command, ...(await command.exited) })),
    );
    expect([loser.exitCode, loser.printed]).toEqual([1, expect.stringContaining('(data.in-use)')]);
    const winner = commands.find((command) => command !== loser.command)!;
    await winner.ready();
    await publish(winner.file, 'alone', '1.0');
  });
});

describe('options', () => {
  it.each([
    ['an unknown option', ['--frobnicate']],
    ['an argument', ['frobnicate']],
    ['bins that are no power of two', ['--bins', '65']],
    ['too many bins', ['--bins', '65536']],
    ['an encoding that is none', ['--bin-encoding', 'long']],
    ['a port that is none', ['--port', '65536']],
    ['no signer', ['--signers', '0']],
    ['what is not there yet', ['--keys', 'kms']],
  ])('%s exits 2 and makes nothing', async (_what, args) => {
    const dataDir = join(newFolder(), 'data');
    const { exitCode, printed } = await SupervisorCommand.run(dataDir, ...args);
    expect([exitCode, printed]).toEqual([2, expect.stringMatching(/\((option|bins)\./)]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('a port that is taken is refused at once', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const dataDir = newFolder();
    const { exitCode, printed } = await SupervisorCommand.run(
      dataDir,
      '--port',
      String(port),
      '--bins',
      '64',
    );
    expect([exitCode, printed]).toEqual([2, expect.stringContaining('(option.invalid)')]);
    expect(readdirSync(dataDir)).not.toContain('postgres');
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe('bins and reset', () => {
  const dataDir = newFolder();
  const neighbour = newFolder();
  const precious = join(neighbour, 'precious');

  it('bins that contradict the folder are refused, and nothing changes', async () => {
    const command = await started(dataDir, ...few, noDemo);
    await publish(command.file, 'kept', '1.0');
    await command.signal('SIGTERM');
    const before = fingerprint(dataDir);
    for (const args of [
      ['--bins', '128'],
      ['--bin-encoding', 'explicit'],
    ]) {
      const { exitCode, printed } = await SupervisorCommand.run(dataDir, '--port', '0', ...args);
      expect([exitCode, printed]).toEqual([1, expect.stringContaining('(data.contradicts)')]);
    }
    expect(fingerprint(dataDir)).toEqual(before);
    expect(processesOf(dataDir)).toEqual([]);
  });

  it('the same bins, said again, are not', async () => {
    const command = await started(dataDir, ...few, '--bin-encoding', 'succinct', noDemo);
    expect(listed(command.file)).toContain('packages/kept/kept-1.0.tar.gz');
  });

  it('--reset without a terminal wants --yes, and changes nothing', async () => {
    const before = fingerprint(dataDir);
    const { exitCode, printed } = await SupervisorCommand.run(dataDir, ...again, '--reset');
    expect([exitCode, printed]).toEqual([2, expect.stringContaining('(option.invalid)')]);
    expect(fingerprint(dataDir)).toEqual(before);
  });

  it('--reset leaves a folder alone that Rind did not make', async () => {
    writeFileSync(precious, 'mine');
    const { exitCode } = await SupervisorCommand.run(neighbour, ...again, '--reset', '--yes');
    expect([exitCode, readdirSync(neighbour)]).toEqual([2, ['precious']]);
  });

  it('--reset --yes begins anew, also after SIGKILL', async () => {
    const killed = await started(dataDir, ...again, noDemo);
    const { repository, processes } = killed.file;
    await killed.signal('SIGKILL');
    expect(processesOf(dataDir)).toContain(processes.postgres);

    const command = await started(dataDir, '--port', '0', '--bins', '4', '--reset', '--yes', noDemo);
    expect(processesOf(dataDir)).not.toContain(processes.postgres);
    expect(command.file.repository).not.toBe(repository);
    expect(listed(command.file)).toEqual([]);
    await publish(command.file, 'kept', '1.0', { summary: 'again' });
    expect(readFileSync(precious, 'utf8')).toBe('mine');
  });
});

describe('a folder that the database cannot reach', () => {
  const closed = mkdtempSync(join(tmpdir(), 'rind-closed-'));
  const dataDir = join(closed, 'data');
  folders.push(closed);
  const cluster = (): string => clusterFolder(join(dataDir, 'postgres'), runAs());
  afterAll(() => rmSync(cluster(), { recursive: true, force: true }));

  it('has it elsewhere; --reset deletes it there too, and a deleted folder does not come back', async () => {
    const elsewhere = process.getuid?.() === 0;
    expect(cluster().startsWith('/var/tmp/')).toBe(elsewhere);
    const first = await started(dataDir, ...few, noDemo);
    await publish(first.file, 'gone', '1.0');
    await first.signal('SIGTERM');

    const reset = await started(dataDir, '--port', '0', '--bins', '4', '--reset', '--yes', noDemo);
    expect(listed(reset.file)).toEqual([]);
    await publish(reset.file, 'gone', '1.0');
    await reset.signal('SIGTERM');

    rmSync(dataDir, { recursive: true });
    const anew = await started(dataDir, ...few, noDemo);
    expect(listed(anew.file)).toEqual([]);
    await publish(anew.file, 'gone', '1.0');
  });
});

describe('a first start', () => {
  it('that is killed in the middle of the ceremony is completed by the next', async () => {
    const dataDir = newFolder();
    const killed = start(dataDir, '--port', '0', noDemo);
    const metadata = join(dataDir, 'store', 'metadata');
    await killed.until('some bins are signed', () => {
      return existsSync(metadata) && readdirSync(metadata).length > 3_000;
    });
    await killed.signal('SIGKILL');
    const signed = readdirSync(metadata).length;
    expect(signed).toBeLessThan(16_384);

    const root = readFileSync(join(metadata, '1.root.json'));
    const command = await started(dataDir, ...again);
    expect(readFileSync(join(metadata, '1.root.json'))).toEqual(root);
    expect(readdirSync(metadata).filter((file) => /^[0-9]+\.bin-/.test(file)).length).toBeGreaterThanOrEqual(
      16_384,
    );
    expect(listed(command.file)).toContain('packages/rind-demo/rind_demo-1.0.0.tar.gz');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'that is stopped by %s exits 0 and leaves nothing running',
    async (signal) => {
      const dataDir = newFolder();
      for (const stage of ['postgres', 'store/metadata/1.bins.json', 'logs/gate.log']) {
        const command = start(dataDir, '--port', '0', '--bins', '4096', noDemo);
        await command.until(stage, () => existsSync(join(dataDir, stage)));
        expect([stage, (await command.signal(signal)).exitCode]).toEqual([stage, 0]);
        expect(processesOf(dataDir)).toEqual([]);
      }
      const command = await started(dataDir, '--port', '0', noDemo);
      await publish(command.file, 'after-all', '1.0');
    },
  );

  it('with explicit bins verifies its demo', async () => {
    const dataDir = newFolder();
    const command = await started(dataDir, ...few, '--bin-encoding', 'explicit');
    const bins = JSON.parse(readFileSync(join(dataDir, 'store/metadata/1.bins.json'), 'utf8')) as {
      signed: { delegations: { roles?: unknown[]; succinct_roles?: unknown } };
    };
    expect([bins.signed.delegations.roles?.length, bins.signed.delegations.succinct_roles]).toEqual([
      64,
      undefined,
    ]);
    expect(listed(command.file)).toContain('packages/rind-demo/rind_demo-1.0.0-py3-none-any.whl');
  });
});

describe('a process that dies', () => {
  it('comes back, and rind.json says so', async () => {
    const command = await started(newFolder(), ...few, noDemo);
    const victims = ['gate', 'warehouse', 'auth', 'signer', 'postgres'] as const;
    const pidOf = (victim: (typeof victims)[number]): number | null => {
      const { processes } = command.file;
      return victim === 'signer' ? (processes.signer[0] ?? null) : processes[victim];
    };
    for (const victim of victims) {
      const pid = pidOf(victim)!;
      process.kill(pid, 'SIGKILL');
      await command.until(`${victim} is missed`, () => !command.file.ready && pidOf(victim) !== pid);
      await command.until(`${victim} is back`, () => command.file.ready);
      expect(pidOf(victim)).not.toBe(pid);
      expect(processesOf(command.dataDir)).toContain(pidOf(victim));
      await publish(command.file, `after-${victim}`, '1.0');
    }
  });
});
