import { concatBytes } from '@rind/kernel';
import type { TargetFile } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { hashStream, strongAlgorithms } from './digests.ts';
import type { OpenedTarget } from './reader.ts';

/** A target and the role that lists it. */
export interface ListedTarget {
  readonly role: string;
  readonly path: string;
  readonly file: TargetFile;
}

/** Every control character, the backslash, and halves of surrogate pairs. */
const UNSAFE = /[\p{Control}\p{Surrogate}\\]/u;

/** Whether clients take the path: relative, and below its base on every platform. */
export function isSafeTargetPath(path: string): boolean {
  return !UNSAFE.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Names under which clients may ask for a target (TUF 1.0.34 §5.7.3): with each listed digest, or its bare path. */
export function objectPaths(
  { path, file }: { readonly path: string; readonly file: Pick<TargetFile, 'hashes'> },
  consistentSnapshot: boolean,
): readonly string[] {
  if (!consistentSnapshot) return [`targets/${path}`];
  const slash = path.lastIndexOf('/') + 1;
  const digests = strongAlgorithms.flatMap((algorithm) => file.hashes.get(algorithm) ?? []);
  return digests.map((digest) => `targets/${path.slice(0, slash)}${digest}.${path.slice(slash)}`);
}

/**
 * Reads a target and reports where it is not what is listed.
 * @param keep whether its bytes are wanted
 * @returns the bytes if they are wanted, good, and not more than a page may have; else null
 */
export async function checkTarget(
  audit: Audit,
  target: ListedTarget,
  consistentSnapshot: boolean,
  keep: boolean,
): Promise<Uint8Array | null> {
  const { report } = audit;
  const { role, path, file } = target;
  if (!isSafeTargetPath(path)) {
    report.add('fsck.target-path', { role, path });
    return null;
  }
  const candidates = objectPaths(target, consistentSnapshot);
  if (candidates.length === 0) {
    report.add('fsck.target-unsupported-hash', { role, path }, { algorithms: [...file.hashes.keys()] });
    return null;
  }
  for (const candidate of candidates) {
    const opened = await audit.reader.openTarget(candidate);
    if (opened === null) continue;
    const bytes = await compare(audit, target, opened, keep && file.length <= audit.limits.maxPageBytes);
    await checkAliases(audit, target, candidates);
    return bytes;
  }
  report.add('fsck.target-missing', { role, path }, { looked: candidates });
  return null;
}

async function compare(
  { report }: Audit,
  target: ListedTarget,
  opened: OpenedTarget,
  keep: boolean,
): Promise<Uint8Array | null> {
  const { role, path, file } = target;
  const kept: Uint8Array[] = [];
  const stream = keep ? keeping(opened.stream, kept) : opened.stream;
  const { length, mismatch } = await hashStream(file.hashes, stream, file.length);
  report.checked.targetsRead++;
  report.checked.targetBytes += length;
  if (length !== file.length) {
    const found = length > file.length ? opened.length : length;
    report.add('fsck.target-length', { role, path }, { expected: file.length, found });
  } else if (mismatch === 'unsupported') {
    report.add('fsck.target-unsupported-hash', { role, path }, { algorithms: [...file.hashes.keys()] });
  } else if (mismatch !== null) {
    report.add('fsck.target-hash', { role, path }, { ...mismatch });
  } else if (keep) {
    return concatBytes(...kept);
  }
  return null;
}

async function* keeping(stream: AsyncIterable<Uint8Array>, kept: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    kept.push(chunk);
    yield chunk;
  }
}

/** Some clients take any of the listed digests for the name, so each should be there. */
async function checkAliases(
  { report, reader }: Audit,
  target: ListedTarget,
  paths: readonly string[],
): Promise<void> {
  if (paths.length < 2) return;
  const { role, path } = target;
  const absent: string[] = [];
  for (const candidate of paths) {
    const opened = await reader.openTarget(candidate);
    if (opened === null) absent.push(candidate);
    else await opened.stream[Symbol.asyncIterator]().return?.();
  }
  if (absent.length > 0) report.add('fsck.target-alias', { role, path }, { absent });
}
