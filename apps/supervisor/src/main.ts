import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { isRindError, systemClock, systemRandomness, uuidV4 } from '@rind/kernel';
import { DataDir } from './instance/data-dir.ts';
import { SupervisorError } from './instance/errors.ts';
import { Instance, supervisorEntry } from './instance/instance.ts';
import { loadSettings } from './instance/settings.ts';
import { parseOptions, usage } from './instance/options.ts';
import type { StartOptions } from './instance/options.ts';
import { cleanLeftovers } from './processes/leftovers.ts';
import { progressBar } from './progress.ts';
import { welcome } from './welcome.ts';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const say = (line: string): void => void process.stderr.write(`  ${line}\n`);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const options = parseOptions(args, process.env['INIT_CWD'] ?? process.cwd(), checkout);
  const data = new DataDir(options.dataDir);
  const left = await cleanLeftovers(data, supervisorEntry);
  if (left > 0) say(`ended ${left} process(es) that an earlier start left behind`);
  if (options.reset && !(await reset(options))) return;
  data.create();
  const newName = (): string => `rind-${uuidV4(systemRandomness).slice(0, 8)}`;
  const instance = new Instance({
    data,
    options,
    clock: systemClock(Number(process.env['RIND_CLOCK_OFFSET_MS'] ?? 0)),
    randomness: systemRandomness,
    environment: process.env,
    say,
    progress: progressBar('signing bins', process.stderr),
    newName,
  });
  stopOnSignals(instance);
  try {
    const file = await instance.start();
    const { bins } = loadSettings(data, options, newName);
    process.stdout.write(welcome(file, data.path, { demo: options.demo, bins }));
    process.stdout.write(`RIND READY ${file.url}\n`);
  } catch (error) {
    await instance.stop().catch(() => {});
    throw error;
  }
}

function stopOnSignals(instance: Instance): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    say('stopping');
    instance.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
}

/** Deletes the data folder alone, after a yes. */
async function reset({ dataDir, yes }: StartOptions): Promise<boolean> {
  if (!existsSync(dataDir)) return true;
  if (!yes && !(await confirmed(`Delete everything in ${dataDir}?`))) return false;
  rmSync(dataDir, { recursive: true });
  return true;
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SupervisorError('option.invalid', '--reset without a terminal needs --yes', {
      option: 'reset',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return answer.trim().toLowerCase() === 'y';
}

function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(isRindError(error) ? `rind: ${text} (${error.code})\n` : `rind: ${String(error)}\n`);
  process.exit(isRindError(error) && error.code.startsWith('option.') ? 2 : 1);
}

main().catch(fail);
