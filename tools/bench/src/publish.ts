import { RunningInstance } from '@rind/system-tests';
import { publishFloor } from './floor.ts';
import { rssPeakBytes } from './machine.ts';
import { Preloader } from './preload.ts';
import type { Reading } from './result.ts';

export interface Scale {
  /** Targets present before the first measured publication. */
  readonly targets: number;
  readonly bins: number;
}

const filesPerProject = 100;
const chunk = 10_000;
const runs = 20;

/** An index of a given size, filled once and started again for each benchmark that wants one. */
export class FilledIndex {
  private readonly scale: Scale;
  private dataDir: string | null = null;
  private round = 0;

  constructor(scale: Scale) {
    this.scale = scale;
  }

  /** Publications of `files` files over as many projects. */
  async publish(files: number, pages: boolean): Promise<Reading> {
    const instance = await this.start(pages);
    const loader = new Preloader(instance);
    try {
      const round = ++this.round;
      for (let run = 0; run < runs; run++) {
        await loader.add(
          Array.from({ length: files }, (_, i) => ({
            project: `bench-${i}`,
            version: `${round + 1}.${run}`,
          })),
        );
      }
      return this.reading(files, pages, await loader.durations(runs), instance);
    } finally {
      await loader.close();
      await instance.stop();
    }
  }

  async destroy(): Promise<void> {
    if (this.dataDir === null) return;
    const instance = await RunningInstance.start({ dataDir: this.dataDir, args: [] });
    await instance.destroy();
  }

  private async start(pages: boolean): Promise<RunningInstance> {
    this.dataDir ??= await this.fill();
    return RunningInstance.start({ dataDir: this.dataDir, args: [], env: environment(pages) });
  }

  private async fill(): Promise<string> {
    const { targets, bins } = this.scale;
    const instance = await RunningInstance.start({ args: ['--bins', String(bins)], env: environment(false) });
    const loader = new Preloader(instance);
    for (let from = 0; from < targets; from += chunk) {
      const size = Math.min(chunk, targets - from);
      await loader.add(Array.from({ length: size }, (_, i) => fileOf(from + i)));
      process.stderr.write(`  ${from + size} of ${targets} targets\n`);
    }
    await loader.close();
    await instance.stop();
    return instance.dataDir;
  }

  private reading(files: number, pages: boolean, samplesMs: number[], instance: RunningInstance): Reading {
    const { targets, bins } = this.scale;
    const binBytes = 500 + Math.ceil(targets / bins) * 130;
    const touched = pages ? files * 2 : files;
    return {
      params: { files, pages: pages ? 'yes' : 'no', targets, bins },
      samplesMs,
      rssPeakBytes: rssPeakBytes(instance.file.processes.signer[0] ?? null),
      floor: {
        what: `read, hash, sign and write ${touched} bins of ${binBytes} bytes, a snapshot and a timestamp`,
        samplesMs: publishFloor(touched, binBytes, bins * 34, 5),
      },
    };
  }
}

function environment(pages: boolean): Record<string, string> {
  return {
    RIND_RENDER_PAGES: pages ? 'yes' : 'no',
    RIND_QUOTA_FILES_PER_PROJECT_HOUR: '1000000',
    RIND_MAX_BATCH: '50000',
  };
}

function fileOf(i: number): { project: string; version: string } {
  return { project: `bench-${Math.floor(i / filesPerProject)}`, version: `1.${i % filesPerProject}` };
}
