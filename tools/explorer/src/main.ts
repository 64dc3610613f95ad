import { writeFileSync } from 'node:fs';
import { monotonicMs } from '@rind/kernel';
import { explore } from './explore.ts';
import type { Explored } from './explore.ts';
import { mutants } from './mutants.ts';
import { readOptions, usage } from './options.ts';
import type { Options } from './options.ts';
import { traceLines } from './trace.ts';

/** Exit code 0: every invariant held; 1: a counter-example was printed (or a mutant lived); 2: usage. */
function main(args: readonly string[]): number {
  const options = readOptions(args);
  if (options === null) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  return options.mutants ? exploreMutants() : exploreHonest(options);
}

function exploreHonest({ signers, depth, states, budget, goOnEvery, json }: Options): number {
  const startedMs = monotonicMs();
  let saidMs = startedMs;
  const seconds = (): number => Math.round((monotonicMs() - startedMs) / 100) / 10;
  const explored = explore({
    signers,
    budget,
    maxDepth: depth,
    maxStates: states,
    goOnEvery,
    onProgress: (seen) => {
      if (monotonicMs() - saidMs < 2_000) return;
      saidMs = monotonicMs();
      process.stderr.write(`depth ${seen.depth}: ${seen.states} states, ${seconds()} s\n`);
    },
  });
  const { violation, ...counts } = explored;
  const summary = {
    signers,
    maxDepth: depth,
    budget,
    ...counts,
    seconds: seconds(),
    violation: violation?.invariant,
  };
  process.stdout.write(`${counted(explored)} in ${summary.seconds} s\n`);
  if (json !== null) writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`);
  if (violation === null) return 0;
  process.stdout.write(`${traceLines(violation).join('\n')}\n`);
  return 1;
}

function counted({ states, transitions, depth, complete, restarts, goings }: Explored): string {
  const extent = complete ? `complete, longest way ${depth} moves` : `to depth ${depth}`;
  return (
    `${states} states, ${transitions} transitions (${extent}); ` +
    `${restarts + goings} runs to rest (${restarts} after a restart)`
  );
}

function exploreMutants(): number {
  let alive = 0;
  for (const { name, sentence, budget, rules } of mutants) {
    const { violation, states } = explore({
      signers: 2,
      budget,
      rules,
      maxDepth: 60,
      maxStates: 300_000,
      goOnEvery: 1,
    });
    process.stdout.write(`\n${name}: ${sentence}\n`);
    if (violation === null) alive++;
    const lines = violation === null ? ['LIVES'] : traceLines(violation);
    process.stdout.write(`  ${[`${states} states`, ...lines].join('\n  ')}\n`);
  }
  process.stdout.write(`\n${mutants.length - alive} of ${mutants.length} mutants found\n`);
  return alive === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
