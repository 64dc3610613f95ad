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
const chunk = 5_000;
const runs = 20;

/** Publications of `files` files over as many projects, with `scale.targets` targets present. */
export async function benchPublish(files: number, pages: boolean, scale: Scale): Promise<Reading> {
  const instance = await RunningInstance.start({
    args: ['--bins', String(scale.bins)],
    env: { RIND_RENDER_PAGES: pages ? 'yes' : 'no', RIND_QUOTA_FILES_PER_PROJECT_HOUR: '1000000' },
  });
  try {
    const loader = new Preloader(instance);
    for (let from = 0; from < scale.targets; from += chunk) {
      const size = Math.min(chunk, scale.targets - from);
      await loader.add(Array.from({ length: size }, (_, i) => fileOf(from + i)));
    }
    for (let run = 0; run < runs; run++) {
      await loader.add(
        Array.from({ length: files }, (_, i) => ({ project: `bench-${i}`, version: `9.${run}` })),
      );
    }
    const samplesMs = await loader.durations(runs);
    await loader.close();
    const binBytes = 500 + Math.ceil(scale.targets / scale.bins) * 130;
    const touched = pages ? files * 2 : files;
    return {
      params: { files, pages: pages ? 'yes' : 'no', targets: scale.targets, bins: scale.bins },
      samplesMs,
      rssPeakBytes: rssPeakBytes(instance.file.processes.signer[0] ?? null),
      floor: {
        what: `read, hash, sign and write ${touched} bins of ${binBytes} bytes, a snapshot and a timestamp`,
        samplesMs: publishFloor(touched, binBytes, scale.bins * 34, 5),
      },
    };
  } finally {
    await instance.destroy();
  }
}

function fileOf(i: number): { project: string; version: string } {
  return { project: `bench-${Math.floor(i / filesPerProject)}`, version: `1.${i % filesPerProject}` };
}
