import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchSignInStorm, benchTokenVerifications } from './accounts.ts';
import { benchCeremony, benchResignAll } from './ceremony.ts';
import { benchGateHashing } from './gate.ts';
import { readMachine } from './machine.ts';
import { FilledIndex } from './publish.ts';
import type { Scale } from './publish.ts';
import { toResult } from './result.ts';
import type { BenchResult, Reading } from './result.ts';
import { benchUploadLatency, benchUploadRate } from './uploads.ts';

const bins = 16_384;
const scales: Readonly<Record<string, Scale>> = {
  '100k': { targets: 100_000, bins },
  '1M': { targets: 1_000_000, bins },
  '17M': { targets: 17_000_000, bins },
};

const benches: Readonly<Record<string, (index: FilledIndex) => Promise<Reading[]>>> = {
  ceremony: async () => [await benchCeremony(bins)],
  'upload-latency': async () => [
    await benchUploadLatency(1, 30, bins),
    await benchUploadLatency(20, 30, bins),
  ],
  'upload-rate': async () => [await benchUploadRate(16, 600, bins)],
  'publish-1': async (index) => [await index.publish(1, true)],
  'publish-100': async (index) => [await index.publish(100, true)],
  'publish-100-no-pages': async (index) => [await index.publish(100, false)],
  'resign-all': async () => [await benchResignAll(bins)],
  'token-verifications': async () => [await benchTokenVerifications(100, 30, 64)],
  'sign-in-storm': async () => [await benchSignInStorm(10, 30, 64)],
  'gate-hashing': async () => [await benchGateHashing()],
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, scale: { type: 'string', default: '100k' } },
  });
  const scale = scales[values.scale];
  const names = positionals.length === 0 ? Object.keys(benches) : positionals;
  const unknown = names.filter((name) => benches[name] === undefined);
  if (scale === undefined || unknown.length > 0) {
    process.stderr.write(
      `names: ${Object.keys(benches).join(' ')}; --scale ${Object.keys(scales).join('|')}\n`,
    );
    return 2;
  }
  const machine = readMachine();
  const results: BenchResult[] = [];
  const index = new FilledIndex(scale);
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    for (const reading of await benches[name]!(index)) {
      const result = toResult(name, machine, reading);
      results.push(result);
      process.stdout.write(`${describe(result)}\n`);
    }
  }
  await index.destroy();
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(
    `${results.length} readings on ${machine.cores} cores, fsync ${machine.fsyncMs} ms, sha256 ${machine.sha256MBps} MB/s\n`,
  );
  return 0;
}

function describe({ name, params, p50, p99, rssPeakBytes, floor, ratio }: BenchResult): string {
  const given = Object.entries(params).map(([key, value]) => `${key}=${value}`);
  const memory = `${Math.round(rssPeakBytes / 1_048_576)} MB`;
  return `${name}: p50 ${p50} ms, p99 ${p99} ms, peak ${memory}; floor ${floor.p50} ms (×${ratio}) [${given.join(' ')}]`;
}

process.exitCode = await main();
