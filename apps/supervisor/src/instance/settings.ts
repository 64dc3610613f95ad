import type { BinEncoding } from '@rind/repository';
import { readJsonFile, writeFileAtomic } from './atomic-file.ts';
import type { DataDir } from './data-dir.ts';
import { SupervisorError } from './errors.ts';
import type { StartOptions } from './options.ts';

/** Fixed by the first ceremony. */
export interface InstanceSettings {
  readonly repository: string;
  readonly bins: number;
  readonly binEncoding: BinEncoding;
}

const defaultBins = 16_384;

/** The settings of the data folder; options that contradict them are refused, never obeyed halfway. */
export function loadSettings(data: DataDir, options: StartOptions, newName: () => string): InstanceSettings {
  const existing = readJsonFile<InstanceSettings>(data.settingsFile);
  if (existing !== null) {
    refuseContradiction('bins', options.bins, existing.bins);
    refuseContradiction('bin-encoding', options.binEncoding, existing.binEncoding);
    return existing;
  }
  const settings: InstanceSettings = {
    repository: newName(),
    bins: options.bins ?? defaultBins,
    binEncoding: options.binEncoding ?? 'succinct',
  };
  writeFileAtomic(data.settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

function refuseContradiction(option: string, given: string | number | null, existing: string | number): void {
  if (given === null || given === existing) return;
  throw new SupervisorError(
    'data.contradicts',
    `--${option} ${given} contradicts the data folder, which has ${existing}: start with another --data, or --reset`,
    { option, given: String(given), existing: String(existing) },
  );
}
