import { crc32 } from 'node:zlib';
import { ArchiveFile } from './archive-file.ts';
import { archiveLimits } from './archive.ts';
import type { Archive, ArchiveLimits, Wanted } from './archive.ts';
import { ArchiveError, corrupt, refused } from './errors.ts';
import { gzipDataStart } from './gzip-header.ts';
import { inflate } from './inflation.ts';
import { KeptContents } from './kept-contents.ts';
import { looksLikeZip } from './polyglot.ts';
import { tarRefused } from './tar-reasons.ts';
import { TarWalk } from './tar-walk.ts';
import { UnpackedBudget } from './unpacked-budget.ts';

const trailerBytes = 8;

/**
 * Opens a tar file in one gzip stream, whole, a chunk at a time. No name and no link leads out of it, nothing is
 * in it but files, directories and links, and no byte lies behind its end.
 * @throws ArchiveError
 */
export async function readTarGz(
  path: string,
  wanted: Wanted,
  limits: ArchiveLimits = archiveLimits,
): Promise<Archive> {
  const file = new ArchiveFile(path);
  try {
    const start = gzipDataStart(file);
    if (start === null) throw refused('archive.not-tar', 'File is not a tarfile', {});
    if (looksLikeZip(file)) throw refused('archive.polyglot', 'File is both a zip and a tar file', {});
    const kept = new KeptContents(wanted, limits);
    const walk = new TarWalk(kept, limits);
    await gunzip(file, start, limits, (chunk) => walk.take(chunk));
    walk.finish();
    return { members: walk.members, contents: kept.contents };
  } finally {
    file.close();
  }
}

/** One gzip member that ends with the file (RFC 1952 §2.3.1). */
async function gunzip(
  file: ArchiveFile,
  start: number,
  limits: ArchiveLimits,
  sink: (chunk: Buffer) => void,
): Promise<void> {
  const budget = new UnpackedBudget(limits, file.length);
  let length = 0;
  let crc = 0;
  const { consumed } = await inflate(file.chunks(start, file.length), (chunk) => {
    budget.spend(chunk.length);
    length += chunk.length;
    crc = crc32(chunk, crc);
    sink(chunk);
  }).catch((error: unknown) => {
    throw error instanceof ArchiveError ? error : corrupt(null, error);
  });
  const trailer = file.read(start + consumed, trailerBytes);
  if (trailer?.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 2 ** 32) throw corrupt(null);
  const end = start + consumed + trailerBytes;
  if (end === file.length) return;
  const next = file.read(end, 2);
  throw tarRefused(next?.readUInt16BE(0) === 0x1f8b ? 'several-streams' : 'trailing-data');
}
