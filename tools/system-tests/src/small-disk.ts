import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@rind/kernel';

const pieceBytes = 65_536;

/** A file system in memory with a size of its own, mounted at a folder: its being full is nobody else's trouble. */
export class SmallDisk {
  readonly folder: string;
  private readonly filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.filler = join(folder, 'filler');
  }

  /** Mounts one over `folder`, which is made when missing; its owner alone may enter. */
  static mount(folder: string, bytes: number, mode: '700' | '755' = '700'): SmallDisk {
    mkdirSync(folder, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=${mode}`, 'tmpfs', folder);
    return new SmallDisk(folder);
  }

  /** Why this process may not mount one, in the system's words; null when it may. Tried, not guessed. */
  static refusal(): string | null {
    const folder = mkdtempSync(join(tmpdir(), 'rind-small-disk-'));
    try {
      SmallDisk.mount(folder, pieceBytes).unmount();
      return null;
    } catch (error) {
      return messageOf(error).trim();
    } finally {
      rmdirSync(folder);
    }
  }

  /** Takes the room that is left, to the last byte; answers how much that was. */
  fill(): number {
    const file = openSync(this.filler, 'a');
    const piece = new Uint8Array(pieceBytes);
    try {
      for (let bytes = 0; ;) {
        try {
          bytes += writeSync(file, piece);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return bytes;
          throw error;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    run('umount', this.folder);
  }
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
