import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { workerTasks } from '@rind/worker-pool';
import { createBLAKE2b } from 'hash-wasm';

/** Lower-case hex. */
export interface Digests {
  readonly sha256: string;
  readonly sha512: string;
  /** BLAKE2b with a digest of 32 bytes (RFC 7693). */
  readonly blake2b256: string;
  readonly md5: string;
}

/** The worker's functions by name. */
export interface HashTasks {
  readonly digestsOf: { readonly input: { readonly path: string }; readonly output: Digests };
}

const chunkBytes = 1_048_576;
// OpenSSL as Node has it knows BLAKE2b of 64 bytes only; compiled, it is no longer what an upload waits for.
const blake2b = await createBLAKE2b(256);

/** All digests of a file in one pass. Reads synchronously: the thread has nothing else to do. */
export function digestsOf({ path }: { readonly path: string }): Digests {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  const md5 = createHash('md5');
  blake2b.init();
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const chunk = buffer.subarray(0, read);
      sha256.update(chunk);
      sha512.update(chunk);
      md5.update(chunk);
      blake2b.update(chunk);
    }
  } finally {
    closeSync(file);
  }
  return {
    sha256: sha256.digest('hex'),
    sha512: sha512.digest('hex'),
    blake2b256: blake2b.digest('hex'),
    md5: md5.digest('hex'),
  };
}

const tasks: ReturnType<typeof workerTasks<HashTasks>> = workerTasks<HashTasks>({ digestsOf });

export default tasks;
