import { access, link, mkdir, open, readFile, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/**
 * How a step that competes with others ends. `taken`: something is under the new name already.
 * `gone`: the old name, or the folder of one of the names, is not there (any more).
 */
export type StepOutcome = 'done' | 'taken' | 'gone';

/** The calls the commit protocol is made of: each is one atomic step, so a test can put a pause before any. */
export interface CommitDisk {
  exists(path: string): Promise<boolean>;
  /** Names in a folder, or null when it is not there. */
  names(dir: string): Promise<string[] | null>;
  /** A file's bytes, or null when it is not there. */
  read(path: string): Promise<Uint8Array | null>;
  /** Creates a file and makes its bytes durable. */
  create(path: string, bytes: Uint8Array): Promise<void>;
  makeDir(dir: string): Promise<StepOutcome>;
  link(from: string, to: string): Promise<StepOutcome>;
  /** A directory never replaces one that is not empty. */
  rename(from: string, to: string): Promise<StepOutcome>;
  unlink(path: string): Promise<StepOutcome>;
  /** Removes an empty directory; anything else is left alone. */
  removeEmpty(dir: string): Promise<void>;
  removeTree(dir: string): Promise<void>;
  /** Makes the names in a folder durable. A missing folder is fine. */
  syncDir(dir: string): Promise<void>;
}

export const nodeDisk: CommitDisk = {
  exists: (path) => orElse(false, async () => (await access(path), true)),
  names: (dir) => orElse(null, () => readdir(dir)),
  read: (path) => orElse(null, () => readFile(path)),
  async create(path, bytes) {
    const file = await open(path, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  makeDir: (dir) => outcomeOf(mkdir(dir)),
  link: (from, to) => outcomeOf(link(from, to)),
  rename: (from, to) => outcomeOf(rename(from, to)),
  unlink: (path) => outcomeOf(unlink(path)),
  removeEmpty: (dir) => rmdir(dir).catch(() => {}),
  removeTree: (dir) => rm(dir, { recursive: true, force: true }),
  syncDir: (dir) =>
    orElse(undefined, async () => {
      const handle = await open(dir, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }),
};

/** The answer for a path that is not there. */
async function orElse<Result>(absent: Result, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return absent;
    throw error;
  }
}

async function outcomeOf(step: Promise<unknown>): Promise<StepOutcome> {
  try {
    await step;
    return 'done';
  } catch (error) {
    const errno = errnoOf(error);
    // rename(2) may say either of a directory that is not empty.
    if (errno === 'EEXIST' || errno === 'ENOTEMPTY') return 'taken';
    if (errno === 'ENOENT') return 'gone';
    throw error;
  }
}
