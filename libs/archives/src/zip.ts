import { crc32 } from 'node:zlib';
import { ArchiveFile } from './archive-file.ts';
import { archiveLimits } from './archive.ts';
import type { Archive, ArchiveLimits, Wanted } from './archive.ts';
import { ArchiveError, corrupt, refused } from './errors.ts';
import { inflate, inflateAtOnce } from './inflation.ts';
import { KeptContents } from './kept-contents.ts';
import type { KeptContent } from './kept-contents.ts';
import { looksLikeTar } from './polyglot.ts';
import { UnpackedBudget } from './unpacked-budget.ts';
import { readZipDirectory } from './zip-directory.ts';
import { findZipEnd } from './zip-end.ts';
import { walkLocalHeaders } from './zip-walk.ts';
import type { ZipData } from './zip-walk.ts';

const stored = 0;
const deflated = 8;

/**
 * Opens a zip file that every program must read alike: each byte of it belongs to one record, and both ways of
 * reading it, from the directory and from the front, give the same. Then unpacks it whole, a chunk at a time, and
 * believes no size that it does not find.
 * @throws ArchiveError
 */
export async function readZip(
  path: string,
  wanted: Wanted,
  limits: ArchiveLimits = archiveLimits,
): Promise<Archive> {
  const file = new ArchiveFile(path);
  try {
    const end = findZipEnd(file);
    if (looksLikeTar(file)) throw refused('archive.polyglot', 'File is both a zip and a tar file', {});
    const directory = readZipDirectory(file, end, limits);
    const budget = new UnpackedBudget(limits, file.length);
    for (const { name, size, method } of directory.members) {
      budget.spend(size);
      if (method !== stored && method !== deflated) {
        const problem = 'File does not use a supported compression type';
        throw refused('archive.unsupported-compression', problem, { member: name, method });
      }
    }
    const kept = new KeptContents(wanted, limits);
    for (const data of walkLocalHeaders(file, directory, end)) await unpack(file, data, kept);
    const members = directory.members.map(({ name, kind, size }) => ({ name, kind, size }));
    return { members, contents: kept.contents };
  } finally {
    file.close();
  }
}

/** The data of one member has the announced length and checksum, and nothing lies behind its end. */
async function unpack(file: ArchiveFile, { member, start, end }: ZipData, kept: KeptContents): Promise<void> {
  const { name, size, crc, method } = member;
  const content = kept.open(name, size);
  const tally = new Tally(size, name, content);
  let consumed = end - start;
  try {
    if (method === stored) for (const chunk of file.chunks(start, end)) tally.take(chunk);
    else consumed = await inflated(file, start, end, tally);
  } catch (error) {
    throw error instanceof ArchiveError ? error : corrupt(name, error);
  }
  if (tally.length !== size || tally.crc !== crc || consumed !== end - start) throw corrupt(name);
  content?.close();
}

async function inflated(file: ArchiveFile, start: number, end: number, tally: Tally): Promise<number> {
  const small = end - start <= 262_144 ? file.read(start, end - start) : null;
  const atOnce = small === null ? null : inflateAtOnce(small, tally.size);
  if (atOnce !== null) {
    tally.take(atOnce.bytes);
    return atOnce.consumed;
  }
  return (await inflate(file.chunks(start, end), (chunk) => tally.take(chunk))).consumed;
}

/** Length and checksum of what came out of a member so far. */
class Tally {
  readonly size: number;
  length = 0;
  crc = 0;
  private readonly name: string;
  private readonly content: KeptContent | null;

  constructor(size: number, name: string, content: KeptContent | null) {
    this.size = size;
    this.name = name;
    this.content = content;
  }

  take(chunk: Buffer): void {
    this.length += chunk.length;
    if (this.length > this.size) throw corrupt(this.name);
    this.crc = crc32(chunk, this.crc);
    this.content?.take(chunk);
  }
}
