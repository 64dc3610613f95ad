import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { readObject } from './stored-objects.ts';
import type { StoredObjects } from './stored-objects.ts';

/** Every target that the served repository lists, and the versions it serves; read from the store alone. */
export interface SignedOutput {
  readonly timestamp: number;
  readonly snapshot: number;
  /** Target path → sha256. */
  readonly targets: ReadonlyMap<string, string>;
}

export interface SignedPage {
  readonly files: Record<string, unknown>[];
}

/** Asks for one object after the other. */
type Reading<Result> = Generator<string, Result, Uint8Array>;

export function readSignedOutput(folder: string): SignedOutput {
  return fromFolder(folder, signedOutput());
}

/** The signed page of a project, as parsed JSON. */
export function readSignedPage(folder: string, project: string): SignedPage {
  return fromFolder(folder, signedPage(project));
}

export function storedSignedOutput(objects: StoredObjects): Promise<SignedOutput> {
  return fromObjects(objects, signedOutput());
}

export function storedSignedPage(objects: StoredObjects, project: string): Promise<SignedPage> {
  return fromObjects(objects, signedPage(project));
}

/** Target files on disk that look like packages of a project. */
export function storedPackages(store: string, project: string): string[] {
  return readdirSync(join(store, 'targets', 'packages', project));
}

function* signedOutput(): Reading<SignedOutput> {
  const timestamp = parseTimestamp(yield 'metadata/timestamp.json').signed;
  const { version } = timestamp.snapshotMeta;
  const snapshot = parseSnapshot(yield `metadata/${version}.snapshot.json`).signed;
  const targets = new Map<string, string>();
  for (const [file, meta] of snapshot.meta) {
    if (!file.startsWith('bin-')) continue;
    const bin = parseTargets(yield `metadata/${meta.version}.${file}`).signed;
    for (const [path, target] of bin.targets) {
      if (targets.has(path)) throw new Error(`${path} is in two bins`);
      targets.set(path, target.hashes.get('sha256')!);
    }
  }
  return { timestamp: timestamp.version, snapshot: version, targets };
}

function* signedPage(project: string): Reading<SignedPage> {
  const { targets } = yield* signedOutput();
  const sha256 = targets.get(`simple/${project}/index.json`);
  if (sha256 === undefined) throw new Error(`no page of ${project}`);
  const page = yield `targets/simple/${project}/${sha256}.index.json`;
  return JSON.parse(new TextDecoder().decode(page)) as SignedPage;
}

function fromFolder<Result>(folder: string, reading: Reading<Result>): Result {
  let next = reading.next();
  while (next.done !== true) next = reading.next(readFileSync(join(folder, next.value)));
  return next.value;
}

async function fromObjects<Result>(objects: StoredObjects, reading: Reading<Result>): Promise<Result> {
  let next = reading.next();
  while (next.done !== true) next = reading.next(await readObject(objects, next.value));
  return next.value;
}
