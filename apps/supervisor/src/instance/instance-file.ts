import type { StoreLocation } from '@rind/storage-port';
import { readJsonFile, writeFileAtomic } from './atomic-file.ts';
import type { DataDir } from './data-dir.ts';

/** `rind.json`: how scripts and `npx rind` find the instance (docs/reference/start.md). */
export interface InstanceFile {
  readonly ready: boolean;
  readonly url: string;
  readonly upload: string;
  readonly simple: string;
  readonly metadata: string;
  readonly targets: string;
  readonly auth: string;
  readonly mail: string | null;
  readonly root: string;
  /** Certificate of the authority behind https in `url`; null: that is http. */
  readonly ca: string | null;
  readonly token: string | null;
  readonly user: string;
  readonly password: string;
  /** Where `metadata/` and `targets/` lie. */
  readonly store: StoreLocation;
  readonly db: { readonly warehouse: string; readonly signer: string; readonly auth: string };
  readonly endpoints: {
    readonly gate: string;
    readonly warehouse: string;
    readonly auth: string;
    readonly signer: readonly string[];
  };
  readonly processes: {
    readonly supervisor: number;
    readonly postgres: number | null;
    readonly gate: number | null;
    readonly warehouse: number | null;
    readonly auth: number | null;
    readonly signer: readonly (number | null)[];
  };
  /** For `rind` on this machine: the operator's side of auth, and the operator's key. */
  readonly operator: {
    readonly authSecret: string;
    /** The operator's side of the signers. */
    readonly signerSecret: string;
    readonly keyFile: string;
    readonly passphraseFile: string;
  };
  readonly repository: string;
}

export function instanceText(instance: InstanceFile): string {
  return `${JSON.stringify(instance, null, 2)}\n`;
}

/** What a killed supervisor wrote last is not so any more. */
export function correctInstanceFile(data: DataDir): void {
  const last = readJsonFile<InstanceFile>(data.instanceFile);
  if (last === null) return;
  writeFileAtomic(data.instanceFile, instanceText({ ...last, ready: false, processes: noProcesses }));
}

export const noProcesses: InstanceFile['processes'] = {
  supervisor: process.pid,
  postgres: null,
  gate: null,
  warehouse: null,
  auth: null,
  signer: [],
};
