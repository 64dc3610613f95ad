import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';

/** Knows passwords that were stolen elsewhere: guessers try those first. */
export interface BreachedPasswords {
  isBreached(password: string): Promise<boolean>;
}

export const noBreachedPasswords: BreachedPasswords = {
  isBreached: () => Promise.resolve(false),
};

const digestLength = 40;
/** A line is a digest, a colon and a count; a window of this many bytes holds at least one whole line. */
const windowBytes = 256;

/**
 * A list in a file: lines of 40 hex digits of SHA-1, upper case and in order, then anything (`:COUNT`), as the
 * downloader of Have I Been Pwned writes it. Searched where it lies, some 35 short reads for a thousand million lines:
 * nothing of a password leaves the machine.
 */
export class BreachedPasswordFile implements BreachedPasswords {
  private readonly file: FileHandle;
  private readonly length: number;

  private constructor(file: FileHandle, length: number) {
    this.file = file;
    this.length = length;
  }

  /** @throws Error as `node:fs` does, and when the file does not begin with such a line */
  static async open(path: string): Promise<BreachedPasswordFile> {
    const file = await open(path, 'r');
    const { size } = await file.stat();
    const list = new BreachedPasswordFile(file, size);
    if (size > 0 && (await list.digestFrom(0)) === null) {
      await file.close();
      throw new Error(`${path} does not begin with a line of 40 hex digits`);
    }
    return list;
  }

  async isBreached(password: string): Promise<boolean> {
    const wanted = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
    let [low, high] = [0, this.length];
    // Invariant: if the digest is there, its line begins at `low` or later, and before `high`.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.digestFrom(middle);
      if (found === null || found.start >= high) {
        high = middle;
        continue;
      }
      if (found.digest === wanted) return true;
      if (found.digest < wanted) low = found.start + 1;
      else high = middle;
    }
    return false;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** The first line that begins at `offset` or later; null after the last. */
  private async digestFrom(
    offset: number,
  ): Promise<{ readonly start: number; readonly digest: string } | null> {
    // One byte before: a line may begin exactly here.
    const from = Math.max(0, offset - 1);
    const buffer = Buffer.alloc(windowBytes);
    const { bytesRead } = await this.file.read(buffer, 0, windowBytes, from);
    const text = buffer.toString('latin1', 0, bytesRead);
    const begin = offset === 0 ? 0 : text.indexOf('\n') + 1;
    if (offset !== 0 && begin === 0) return null;
    const digest = text.slice(begin, begin + digestLength).toUpperCase();
    return /^[0-9A-F]{40}$/.test(digest) ? { start: from + begin, digest } : null;
  }
}
