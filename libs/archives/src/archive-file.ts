import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const chunkBytes = 262_144;

/** An archive on disk. Reads synchronously: the thread that unpacks has nothing else to do. */
export class ArchiveFile {
  /** Bytes. */
  readonly length: number;
  private readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.length = fstatSync(this.descriptor).size;
  }

  /** The bytes from `at` on; null when the file ends before. */
  read(at: number, length: number): Buffer | null {
    if (at < 0 || length < 0 || at + length > this.length) return null;
    const buffer = Buffer.allocUnsafe(length);
    for (let got = 0; got < length;) {
      const read = readSync(this.descriptor, buffer, got, length - got, at + got);
      if (read === 0) return null;
      got += read;
    }
    return buffer;
  }

  /** A part in chunks, each a buffer of its own. Ends early where the file does. */
  *chunks(start: number, end: number): Generator<Buffer> {
    for (let at = start; at < end; at += chunkBytes) {
      const chunk = this.read(at, Math.min(chunkBytes, end - at));
      if (chunk === null) return;
      yield chunk;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
