import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandomness } from '@rind/kernel';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startPostgres } from './postgres.ts';
import type { Postgres, PostgresOptions } from './postgres.ts';
import { birthMark } from './processes.ts';
import { startTestPostgres } from './test-postgres.ts';

const root = process.getuid?.() === 0;
let folder: string;
let started: Postgres[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-postgres-'));
  chmodSync(folder, 0o755);
});

afterEach(async () => {
  for (const postgres of started) await postgres.stop();
  started = [];
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    port: 0,
    randomness: systemRandomness,
    durability: 'none',
    ...more,
  });
  started.push(postgres);
  return postgres;
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A zombie that nobody has waited for yet is not alive. */
const isAlive = (pid: number): boolean => birthMark(pid) !== null;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Another process that starts the server of this folder and tells its pid. */
async function startElsewhere(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const module = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `
    import { systemRandomness } from '@rind/kernel';
    import { startPostgres } from ${JSON.stringify(module)};
    const postgres = await startPostgres({ dataDir: process.argv[1], port: 0, randomness: systemRandomness });
    process.stdout.write(String(postgres.pid));`;
  const child = spawn(
    process.execPath,
    ['--conditions=@rind/source', '--input-type=module', '--eval', script, join(folder, 'data')],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: fileURLToPath(new URL('..', import.meta.url)) },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = await new Promise<number>((resolve) =>
    child.stdout.once('data', (text) => resolve(Number(text))),
  );
  return {
    pid,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

describe('a server', () => {
  it('keeps its data from one start to the next, under the same password', async () => {
    const first = await start();
    await ask(first.superuserUrl('postgres'), 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    expect(first.pid).toBeNull();
    expect(await listens(first.port)).toBe(false);
    const second = await start();
    expect(await ask(second.superuserUrl('postgres'), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('stops twice as well as once', async () => {
    const postgres = await start();
    const pid = postgres.pid!;
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('stops though a client holds a transaction open, and though it was made to stand still', async () => {
    const postgres = await start();
    const client = new pg.Client({ connectionString: postgres.superuserUrl('postgres') });
    client.on('error', () => {});
    await client.connect();
    await client.query('BEGIN');
    process.kill(postgres.pid!, 'SIGSTOP');
    await postgres.stop();
    expect(await listens(postgres.port)).toBe(false);
    await client.end().catch(() => {});
  });

  it('writes through to the disk, listens on 127.0.0.1 only and checks passwords by SCRAM', async () => {
    const postgres = await start({ durability: 'full' });
    const settings = await ask(
      postgres.superuserUrl('postgres'),
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',
        'listen_addresses', 'unix_socket_directories', 'wal_level', 'max_connections') ORDER BY name`,
    );
    expect(
      Object.fromEntries(settings.map((row) => Object.values(row as object) as [string, string])),
    ).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      wal_level: 'replica',
      max_connections: '100',
    });
    expect(await ask(postgres.superuserUrl('postgres'), 'SHOW server_version')).toEqual([
      { server_version: postgres.version },
    ]);
    const wrong = ask(postgres.url('postgres', 'postgres', 'wrong'), 'SELECT 1');
    await expect(wrong).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps its password from others, and the cluster too', async () => {
    await start();
    const mode = (name: string): number => statSync(join(folder, 'data', name)).mode & 0o777;
    expect(mode('superuser-password')).toBe(0o600);
    expect(mode('cluster')).toBe(0o700);
    expect(readFileSync(join(folder, 'data', 'superuser-password'), 'utf8')).toMatch(/^[0-9a-f]{48}$/);
  });

  it('says when the password beside the cluster is not the cluster’s', async () => {
    await (await start()).stop();
    rmSync(join(folder, 'data', 'superuser-password'));
    await expect(start()).rejects.toMatchObject({ code: 'postgres.password-refused' });
  });

  it('is made anew where an earlier attempt did not finish', async () => {
    mkdirSync(join(folder, 'data', 'cluster.new', 'base'), { recursive: true });
    writeFileSync(join(folder, 'data', 'cluster.new', 'PG_VERSION'), '18\n');
    const postgres = await start();
    expect(await ask(postgres.superuserUrl('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(join(folder, 'data'))).not.toContain('cluster.new');
  });

  it('does not start on a port that is taken', async () => {
    const { port } = await start();
    const second = start({ dataDir: join(folder, 'second'), port });
    await expect(second).rejects.toMatchObject({ code: 'postgres.start-failed' });
  });

  it.runIf(root)('does not trust a folder that somebody else made', async () => {
    mkdirSync(join(folder, 'data'));
    chownSync(join(folder, 'data'), 65534, 65534);
    await expect(start()).rejects.toMatchObject({ code: 'postgres.unsafe-folder' });
  });
});

describe('a server that was killed', () => {
  it('comes back on its port with what was committed, and says so', async () => {
    const pids: (number | null)[] = [];
    const postgres: Postgres = await start({ onChange: () => pids.push(postgres.pid) });
    const url = postgres.superuserUrl('postgres');
    await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const killed = postgres.pid!;
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(pids).toHaveLength(2), { timeout: 20_000 });
    expect(pids[0]).toBeNull();
    expect(pids[1]).toBe(postgres.pid);
    expect(postgres.pid).not.toBe(killed);
    expect(await ask(url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('recovers at the next start as well', async () => {
    const left = await startElsewhere();
    await left.kill();
    process.kill(left.pid, 'SIGKILL');
    const postgres = await start();
    expect(await ask(postgres.superuserUrl('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is not brought back by a stop that comes at the same time', async () => {
    const postgres = await start();
    process.kill(postgres.pid!, 'SIGKILL');
    await postgres.stop();
    expect(postgres.pid).toBeNull();
    expect(await listens(postgres.port)).toBe(false);
  });
});

describe('a server whose parent was killed', () => {
  it('is ended by the next start', async () => {
    const left = await startElsewhere();
    await left.kill();
    expect(isAlive(left.pid)).toBe(true);
    const postgres = await start();
    expect(isAlive(left.pid)).toBe(false);
    expect(postgres.pid).not.toBe(left.pid);
  });

  it('is ended though it was made to stand still', async () => {
    const left = await startElsewhere();
    await left.kill();
    process.kill(left.pid, 'SIGSTOP');
    await start();
    expect(isAlive(left.pid)).toBe(false);
  });

  it('is left alone while the parent lives', async () => {
    const other = await startElsewhere();
    await expect(start()).rejects.toMatchObject({ code: 'postgres.in-use' });
    expect(isAlive(other.pid)).toBe(true);
    await other.kill();
    await start();
  });

  it('does not keep the next one from starting by a pid file that names a stranger', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['60'], root ? { uid: 65534 } : {});
    writeFileSync(join(folder, 'data', 'cluster', 'postmaster.pid'), `${stranger.pid}\n`);
    await start();
    expect(isAlive(stranger.pid!)).toBe(true);
    stranger.kill();
  });
});

describe('a server for tests', () => {
  it('leaves nothing behind', async () => {
    const postgres = await startTestPostgres();
    started.push(postgres);
    const [row] = await ask(postgres.superuserUrl('postgres'), 'SHOW data_directory');
    const made = dirname(dirname((row as { data_directory: string }).data_directory));
    expect(dirname(made)).toBe(realpathSync(tmpdir()));
    const pid = postgres.pid!;
    await postgres.destroy();
    await postgres.destroy();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(made)).toBe(false);
  });
});
