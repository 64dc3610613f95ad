import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { monotonicMs } from '@rind/kernel';
import { parseFaultsCommand, usage } from './faults-options.ts';
import type { FaultsCommand } from './faults-options.ts';
import { runFaults, runMuteKeys } from './faults-run.ts';
import { Site } from './site.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}
const command = commandOrExit();
process.exitCode = await run(command);

/** The program of `npm run faults`: exit code 0 only if all held, and a summary in the last line. */
async function run({ seconds, seed, store, json }: FaultsCommand): Promise<number> {
  const { signal } = interruption;
  const startedMs = monotonicMs();
  const say = (text: string): void => {
    const elapsed = ((monotonicMs() - startedMs) / 1_000).toFixed(1);
    process.stderr.write(`${elapsed.padStart(7)} s  ${text}\n`);
  };
  const report = (value: object): void => {
    if (json === null) return;
    writeFileSync(resolve(json), `${JSON.stringify({ ...value, store, seed, seconds }, null, 2)}\n`);
  };
  say(`store ${store}, seed ${seed}, uploads for ${seconds} s`);
  const site = await Site.create(store);
  try {
    const { accepted, ...seen } = await runFaults(site, { seconds, seed, signal });
    say(`${accepted.length} uploads held; now no key answers`);
    const tries = await runMuteKeys(site, accepted, signal);
    await site.destroy();
    report({ held: true, uploads: accepted.length + 1, ...seen, triesWithoutKeys: tries });
    console.log(
      [
        `held: store ${store}, seed ${seed}`,
        `${accepted.length + 1} uploads in ${seconds} s, none lost, none twice`,
        `${seen.refusals} refusals sent again`,
        `${seen.publications} publications`,
        `${seen.unknownOutcomes} unknown outcomes`,
        `longest wait ${seen.longestWaitMs} ms`,
        '0 errors',
      ].join(', '),
    );
    return 0;
  } catch (error) {
    if (signal.aborted) {
      await site.destroy();
      return 130;
    }
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const kept = await site.close();
    report({ held: false, reason });
    console.error(reason);
    console.log(`did not hold: store ${store}, seed ${seed}; kept: ${kept.join(', ')}`);
    return 1;
  }
}

function commandOrExit(): FaultsCommand {
  try {
    return parseFaultsCommand(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
