import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientEnvironment, ensurePython } from '@rind/interop';
import { parseOptions, usage } from './options.ts';
import type { CrashOptions } from './options.ts';
import { Progress } from './progress.ts';
import { runAll } from './run.ts';
import type { Abandonable } from './scene.ts';
import { describePart, summaryLine } from './summary.ts';

const cleanUpMs = 5_000;
const progress = new Progress((line) => void process.stderr.write(`${line}\n`));
const options = optionsOrExit();
const folder = mkdtempSync(join(tmpdir(), 'rind-crash-'));
// The database runs as another user when we are root, and must reach its folder below.
chmodSync(folder, 0o711);
let running: Abandonable | undefined;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

const finished = main();
process.exitCode = await finished;

async function main(): Promise<number> {
  progress.say(`store ${options.store}, seed ${options.seed}, everything in ${folder}`);
  try {
    const python = await ensurePython((line) => progress.say(line));
    const home = join(folder, 'home');
    mkdirSync(home);
    const results = await runAll({
      options,
      progress,
      tools: { python, environment: clientEnvironment(home) },
      folder,
      opened: (opened) => (running = opened),
    });
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
    const { store, seed } = options;
    const summary = summaryLine(results, { store, seed });
    if (options.json !== null) {
      const text = JSON.stringify({ held: true, store, seed, results }, null, 2);
      writeFileSync(resolve(options.json), `${text}\n`);
    }
    for (const line of [...results.flatMap(describePart), summary]) console.log(line);
    return 0;
  } catch (error) {
    if (interrupted) return 130;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (options.json !== null) {
      const { store, seed } = options;
      writeFileSync(
        resolve(options.json),
        `${JSON.stringify({ held: false, store, seed, reason }, null, 2)}\n`,
      );
    }
    console.error(reason);
    console.log(`did not hold: store ${options.store}, seed ${options.seed}; kept: ${folder}`);
    return 1;
  }
}

/** Once: everything is ended and removed. */
function interrupt(): void {
  if (interrupted) return;
  interrupted = true;
  progress.say('interrupted: ending what runs');
  void Promise.resolve(running?.abandon())
    // What waits for an instance that is no more need not notice it.
    .then(() => Promise.race([finished, sleep(cleanUpMs)]))
    .finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
}

function optionsOrExit(): CrashOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
