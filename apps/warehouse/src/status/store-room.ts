import { statfs } from 'node:fs/promises';
import type { StoreLocation } from '@rind/storage-port';
import type { StoreRoom } from '../uploads/upload-intake.ts';
import type { PublicationFacts } from './status-facts.ts';

/** Less free space than this is none: a small upload and the metadata that names it would hardly fit. */
const minFreeBytes = 1_048_576;

export interface RoomWatchParts {
  readonly spoolDir: string;
  readonly store: StoreLocation;
  /** Free bytes of the disk that a folder is on. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** What the uploads said of the room they found. */
export interface RoomSaid {
  readonly storeRoom: StoreRoom;
  /** Uploads that found no room, ever: another one means that there still is none. */
  readonly roomRefusals: number;
}

/**
 * Whether there is room again after an upload found none, though nobody uploads: of a disk its free space tells, of a
 * bucket that something was published since. (A quota of the disk shows in neither: there, the next upload tells.)
 */
export class RoomWatch {
  private readonly parts: RoomWatchParts;
  private refusals = 0;
  /** The newest publication when the refusal was first seen here. */
  private publication = 0;

  constructor(parts: RoomWatchParts) {
    this.parts = parts;
  }

  async look(said: RoomSaid, last: PublicationFacts | null): Promise<StoreRoom> {
    if (said.storeRoom === 'enough') return 'enough';
    if (said.roomRefusals !== this.refusals) {
      this.refusals = said.roomRefusals;
      this.publication = last?.id ?? 0;
    }
    const { spoolDir, store } = this.parts;
    if (!(await this.hasRoom(spoolDir))) return 'none';
    if (store.kind === 'fs') return (await this.hasRoom(store.path)) ? 'enough' : 'none';
    return last?.state === 'closed' && last.id > this.publication ? 'enough' : 'none';
  }

  private async hasRoom(folder: string): Promise<boolean> {
    try {
      return (await (this.parts.freeBytes ?? freeBytesOf)(folder)) >= minFreeBytes;
    } catch {
      // A folder that cannot be asked is the alarm of another check.
      return false;
    }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
