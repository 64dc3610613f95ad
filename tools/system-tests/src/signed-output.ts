import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';

/** Every target that the served repository lists, and the versions it serves; read from the folder alone. */
export interface SignedOutput {
  readonly timestamp: number;
  readonly snapshot: number;
  /** Target path → sha256. */
  readonly targets: ReadonlyMap<string, string>;
}

export function readSignedOutput(store: string): SignedOutput {
  const metadata = join(store, 'metadata');
  const timestamp = parseTimestamp(readFileSync(join(metadata, 'timestamp.json'))).signed;
  const { version } = timestamp.snapshotMeta;
  const snapshot = parseSnapshot(readFileSync(join(metadata, `${version}.snapshot.json`))).signed;
  const targets = new Map<string, string>();
  for (const [file, meta] of snapshot.meta) {
    if (!file.startsWith('bin-')) continue;
    const bin = parseTargets(readFileSync(join(metadata, `${meta.version}.${file}`))).signed;
    for (const [path, target] of bin.targets) {
      if (targets.has(path)) throw new Error(`${path} is in two bins`);
      targets.set(path, target.hashes.get('sha256')!);
    }
  }
  return { timestamp: timestamp.version, snapshot: version, targets };
}

/** The signed page of a project, as parsed JSON. */
export function readSignedPage(store: string, project: string): { files: Record<string, unknown>[] } {
  const sha256 = readSignedOutput(store).targets.get(`simple/${project}/index.json`);
  if (sha256 === undefined) throw new Error(`no page of ${project}`);
  const path = join(store, 'targets', 'simple', project, `${sha256}.index.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, unknown>[] };
}

/** Target files on disk that look like packages of a project. */
export function storedPackages(store: string, project: string): string[] {
  return readdirSync(join(store, 'targets', 'packages', project));
}
