import type { ArchiveLimits, ArchiveMember } from './archive.ts';
import { corrupt, refused } from './errors.ts';
import type { KeptContent, KeptContents } from './kept-contents.ts';
import { hasUnprintable, leadsOut } from './member-name.ts';
import { checkGlobalPaxRecords, parsePaxRecords } from './pax-records.ts';
import type { PaxChanges } from './pax-records.ts';
import { isTarHeader, parseTarHeader, tarBlockBytes } from './tar-header.ts';
import type { TarHeader } from './tar-header.ts';
import { checkTarLinks } from './tar-links.ts';
import type { TarLink } from './tar-links.ts';
import { tarRefused } from './tar-reasons.ts';

/** Extended headers are kept in memory. */
const maxExtendedBytes = 1_048_576;
const fileTypes = new Set(['0', '\0', '7']);
const extendedTypes = new Set(['x', 'g', 'L', 'K']);
const specialTypes = new Set(['3', '4', '6']);

/** What is being read: nothing yet of a block, or the data after a header. */
interface Pending {
  left: number;
  padding: number;
  readonly take: (chunk: Buffer) => void;
  readonly done: () => void;
}

/** Walks through a tar stream as it comes out of the decompression; keeps names, and the content of wanted members. */
export class TarWalk {
  readonly members: ArchiveMember[] = [];
  private readonly kept: KeptContents;
  private readonly limits: ArchiveLimits;
  private readonly links: TarLink[] = [];
  private readonly header = Buffer.alloc(tarBlockBytes);
  private headerFilled = 0;
  private pending: Pending | null = null;
  private changes: PaxChanges = {};
  private started = false;
  private ended = false;

  constructor(kept: KeptContents, limits: ArchiveLimits) {
    this.kept = kept;
    this.limits = limits;
  }

  /** @throws ArchiveError */
  take(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      if (this.ended) return requireZeros(rest);
      rest = this.pending === null ? this.takeHeader(rest) : this.takeData(rest, this.pending);
    }
  }

  /** The stream is over. */
  finish(): void {
    if (!this.started) throw notTar();
    if (this.pending !== null || this.headerFilled > 0 || Object.keys(this.changes).length > 0)
      throw corrupt(null);
    checkTarLinks(
      this.links,
      this.members.map(({ name }) => name),
    );
  }

  private takeHeader(bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, tarBlockBytes - this.headerFilled);
    taken.copy(this.header, this.headerFilled);
    this.headerFilled += taken.length;
    if (this.headerFilled === tarBlockBytes) {
      this.headerFilled = 0;
      this.openMember();
    }
    return bytes.subarray(taken.length);
  }

  private takeData(bytes: Buffer, pending: Pending): Buffer {
    const data = bytes.subarray(0, pending.left);
    if (data.length > 0) pending.take(data);
    pending.left -= data.length;
    const padding = bytes.subarray(data.length, data.length + pending.padding);
    pending.padding -= padding.length;
    if (pending.left + pending.padding === 0) {
      this.pending = null;
      pending.done();
    }
    return bytes.subarray(data.length + padding.length);
  }

  private openMember(): void {
    if (this.header.every((byte) => byte === 0)) {
      this.started = true;
      this.ended = true;
      return;
    }
    if (!isTarHeader(this.header)) throw this.started ? tarRefused('malformed') : notTar();
    this.started = true;
    const header = parseTarHeader(this.header);
    if (extendedTypes.has(header.type)) this.openExtended(header);
    else this.openPlain(header);
  }

  /** A header about the member that follows. */
  private openExtended({ type, size, name }: TarHeader): void {
    if (size > maxExtendedBytes) throw tarRefused('header-too-long', name);
    const chunks: Buffer[] = [];
    this.expect(
      size,
      (chunk) => chunks.push(Buffer.from(chunk)),
      () => {
        const data = Buffer.concat(chunks);
        if (type === 'g') return checkGlobalPaxRecords(data);
        const changes = type === 'x' ? parsePaxRecords(data) : gnuName(type, data);
        // Two headers about the same thing: programs differ in which one counts.
        for (const key of Object.keys(changes)) if (key in this.changes) throw tarRefused('malformed', name);
        this.changes = { ...this.changes, ...changes };
      },
    );
  }

  private openPlain(header: TarHeader): void {
    const { path, linkPath, size = header.size } = this.changes;
    this.changes = {};
    const name = path ?? header.name;
    const kind = kindOf(header.type, name);
    checkName(name);
    if (kind !== 'file' && size > 0) throw tarRefused('data-without-file', name);
    if (kind === 'link') {
      const target = linkPath ?? header.linkName;
      if (hasUnprintable(target)) throw tarRefused('unprintable-name', name);
      this.links.push({ name, target, symbolic: header.type === '2' });
    }
    const { maxMembers } = this.limits;
    if (this.members.push({ name, kind, size }) > maxMembers) {
      throw refused('archive.too-many-members', `File has more than ${maxMembers} members`, { maxMembers });
    }
    const content: KeptContent | null = kind === 'file' ? this.kept.open(name, size) : null;
    this.expect(
      size,
      (chunk) => content?.take(chunk),
      () => content?.close(),
    );
  }

  private expect(size: number, take: (chunk: Buffer) => void, done: () => void): void {
    if (size === 0) return done();
    const padding = (tarBlockBytes - (size % tarBlockBytes)) % tarBlockBytes;
    this.pending = { left: size, padding, take, done };
  }
}

/** GNU's long names: `L` of the member, `K` of its link; NUL at their end. */
function gnuName(type: string, data: Buffer): PaxChanges {
  const end = data.indexOf(0);
  const text = parseName(end < 0 ? data : data.subarray(0, end));
  return type === 'L' ? { path: text } : { linkPath: text };
}

function parseName(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw tarRefused('name-not-unicode', bytes.toString('latin1').slice(0, 200));
  }
}

function kindOf(type: string, name: string): ArchiveMember['kind'] {
  if (type === '5' || (type === '\0' && name.endsWith('/'))) return 'directory';
  if (name.endsWith('/')) throw tarRefused('malformed', name);
  if (type === '1' || type === '2') return 'link';
  if (type === 'S') throw tarRefused('sparse', name);
  if (specialTypes.has(type)) throw tarRefused('special-file', name);
  if (!fileTypes.has(type)) throw tarRefused('unknown-type', name);
  return 'file';
}

function checkName(name: string): void {
  if (hasUnprintable(name)) throw tarRefused('unprintable-name', name);
  if (leadsOut(name)) throw tarRefused('unsafe-name', name);
}

function requireZeros(bytes: Buffer): void {
  if (bytes.some((byte) => byte !== 0)) throw tarRefused('trailing-data');
}

function notTar() {
  return refused('archive.not-tar', 'File is not a tarfile', {});
}
