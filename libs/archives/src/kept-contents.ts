import type { ArchiveLimits, Wanted } from './archive.ts';
import { refused } from './errors.ts';
import type { ArchiveError } from './errors.ts';

/** The members that are kept, within bounds. */
export class KeptContents {
  readonly contents = new Map<string, Uint8Array>();
  private readonly wanted: Wanted;
  private readonly limits: ArchiveLimits;
  private total = 0;

  constructor(wanted: Wanted, limits: ArchiveLimits) {
    this.wanted = wanted;
    this.limits = limits;
  }

  /**
   * A place for the content of a member; null when nobody wants it.
   * @param size announced bytes: more than is kept is refused before it is unpacked
   * @throws ArchiveError `archive.member-too-large`
   */
  open(name: string, size: number): KeptContent | null {
    if (!this.wanted(name)) return null;
    const { maxKeptBytes, maxKeptTotalBytes } = this.limits;
    this.total += size;
    if (size > maxKeptBytes) throw tooLarge(name, maxKeptBytes);
    if (this.total > maxKeptTotalBytes) throw tooLarge(name, maxKeptTotalBytes);
    return new KeptContent((bytes) => this.contents.set(name, bytes));
  }
}

/** Takes copies: the chunks of a stream may share memory. */
export class KeptContent {
  private readonly chunks: Uint8Array[] = [];
  private readonly done: (bytes: Uint8Array) => void;

  constructor(done: (bytes: Uint8Array) => void) {
    this.done = done;
  }

  take(chunk: Uint8Array): void {
    this.chunks.push(new Uint8Array(chunk));
  }

  close(): void {
    this.done(new Uint8Array(Buffer.concat(this.chunks)));
  }
}

function tooLarge(member: string, maxBytes: number): ArchiveError {
  return refused('archive.member-too-large', `${member} is longer than ${maxBytes} bytes`, {
    member,
    maxBytes,
  });
}
