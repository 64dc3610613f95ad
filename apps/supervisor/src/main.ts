import { fileURLToPath } from 'node:url';
import { isRindError, systemClock, systemRandomness, uuidV4 } from '@rind/kernel';
import { DataDir } from './instance/data-dir.ts';
import { refuseTaken } from './taken-port.ts';
import { Instance } from './instance/instance.ts';
import { decideSettings } from './instance/settings.ts';
import { parseOptions, usage } from './instance/options.ts';
import { claim, cleanLeftovers, refuseInUse } from './processes/leftovers.ts';
import { progressBar } from './progress.ts';
import { checkReset, forgetDeleted, reset } from './reset.ts';
import { welcome } from './welcome.ts';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
/** A signal that arrived while a program was awaited synchronously is delivered within this. */
const signalDeliveryMs = 50;
const say = (line: string): void => void process.stderr.write(`  ${line}\n`);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const options = parseOptions(args, process.env['INIT_CWD'] ?? process.cwd(), checkout, process.env);
  const data = new DataDir(options.dataDir);
  refuseInUse(data);
  await refuseTaken(options.port);
  if (options.reset) checkReset(data, options.yes);
  const left = await cleanLeftovers(data);
  if (left > 0) say(`ended ${left} process(es) that an earlier start left behind`);
  if (options.reset && !(await reset(data, options.yes))) return;
  data.create();
  claim(data);
  await forgetDeleted(data);
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
    const { bins } = decideSettings(data, options, newName);
    process.stdout.write(welcome(file, data.path, { demo: options.demo, bins }));
    process.stdout.write(`RIND READY ${file.url}\n`);
  } catch (error) {
    // Whoever asked us to stop may have broken the start: then stopping is all that is left, and it goes well.
    await new Promise((resolve) => setTimeout(resolve, signalDeliveryMs));
    if (instance.isStopping) return;
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

function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(isRindError(error) ? `rind: ${text} (${error.code})\n` : `rind: ${String(error)}\n`);
  if (isRindError(error) && error.code.startsWith('store.')) explain(error.cause);
  process.exit(isRindError(error) && /^(?:option|bins)\./.test(error.code) ? 2 : 1);
}

/** What the server or the network said: the person who starts the instance has nowhere else to look. */
function explain(cause: unknown): void {
  if (cause instanceof Error) process.stderr.write(`  ${cause.name}: ${cause.message}\n`);
}

// A reader that went away (`npm start | head`) is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
main().catch(fail);
