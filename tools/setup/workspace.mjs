import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What `npm start` and `npm test` need before anything else. Plain JavaScript for the system's Node (20 or
 * newer): it runs before a single dependency is there.
 */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const wantedNode = 24;
const lockFile = join(root, 'package-lock.json');
const installedMark = join(root, 'node_modules', '.rind-installed');

export const say = (line) => process.stderr.write(`  ${line}\n`);

/** Installs exactly what the lock file says, unless that is what is there. */
export function ensureInstalled() {
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(installedMark) && readFileSync(installedMark, 'utf8') === wanted) return;
  say('installing dependencies (once)');
  const npm = process.env['npm_execpath'];
  const [command, prefix] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  run(command, [...prefix, 'ci', '--loglevel=error']);
  writeFileSync(installedMark, wanted);
}

/** The Node that everything but this file runs on: the pinned one of the lock file, else the system's if new enough. */
export function nodeBinary() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= wantedNode) return process.execPath;
  throw new Error(
    `no pinned Node for ${process.platform}-${process.arch}: install Node ${wantedNode} or newer`,
  );
}

/** Generates the database clients and compiles every project; a second call only looks. */
export function ensureBuilt() {
  const node = nodeBinary();
  run(node, [join(root, 'libs', 'database', 'scripts', 'generate.mjs')]);
  run(node, [join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'), '-b', root]);
}

/** The environment of our tools: the pinned Node first on the path, compiled code cached. */
export function toolEnvironment() {
  const cache = join(root, 'node_modules', '.cache', 'rind-compile');
  mkdirSync(cache, { recursive: true });
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
    NODE_COMPILE_CACHE: cache,
    CHECKPOINT_DISABLE: '1',
    NX_DAEMON: 'false',
  };
}

/** Runs a command to its end; its failure is ours, with its exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: toolEnvironment(),
    ...options,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) {
    say(`failed: ${[command, ...args].join(' ')}`);
    process.exit(result.status ?? 1);
  }
}

/** Becomes another program: same terminal, same signals, its exit code. */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: toolEnvironment(), ...options });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}
