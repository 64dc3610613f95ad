import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { systemRandomness, toHex, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import { address, openBucket } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { Calls } from './calls.ts';
import { BrokenAnswer, faultOf } from './faults.ts';
import type { S3StoreOptions } from './options.ts';
import { readObject } from './reading.ts';
import { describeUpload, putObject } from './upload.ts';
import type { WriteCondition } from './upload.ts';

const RACERS = 20;
const SCRATCH_BYTES = 1_000;
/** The entity tag of no body that is written here. */
const NO_STATE = '"00000000000000000000000000000000"';

/** What the store stands on; `store.unfit` names the one that does not hold. */
export type S3Promise =
  /** `If-None-Match: *` refuses to write over an object. */
  | 'create-only'
  /** `If-Match` refuses to replace any state but the one it names. */
  | 'compare-and-swap'
  /** Of many who create one object at the same time, one succeeds. */
  | 'create-only-race'
  /** Of many who replace one state at the same time, one succeeds. */
  | 'compare-and-swap-race'
  /** What was written is what is read right after. */
  | 'read-after-write';

/**
 * Proves on scratch objects (`.rind/probe-…` under the prefix, deleted again) that the server enforces the
 * conditions of conditional writes, also under a race. A server that ignores them accepts everything and looks
 * healthy until two writers meet, so this is asked when a process starts.
 *
 * @throws StorageError `store.unfit` with the promise that is broken; `store.unavailable`, `store.refused`,
 * `store.full` when it could not be asked.
 */
export async function proveConditionalWrites(options: S3StoreOptions): Promise<void> {
  const bucket = openBucket(options);
  const calls = new Calls(options);
  const randomness = options.randomness ?? systemRandomness;
  try {
    // An answer that is lost spoils the proof on that object: each try has a new one.
    await calls.run('probe', '', () => new Proof(bucket, randomness).run());
  } finally {
    calls.close();
    bucket.client.destroy();
  }
}

class Proof {
  private readonly bucket: Bucket;
  /** Two scratch objects: one for the conditions by themselves, one for the races. */
  private readonly alone: string;
  private readonly raced: string;

  constructor(bucket: Bucket, randomness: Randomness) {
    this.bucket = bucket;
    this.alone = `.rind/probe-${toHex(randomness.bytes(16))}`;
    this.raced = `.rind/probe-${toHex(randomness.bytes(16))}`;
  }

  async run(): Promise<void> {
    try {
      await this.proveConditions(this.alone);
      await this.proveRaces(this.raced);
    } finally {
      await this.remove();
    }
  }

  private async proveConditions(key: string): Promise<void> {
    // A condition on a state is not met where there is no object.
    await this.unmet('compare-and-swap', key, { IfMatch: NO_STATE });
    const created = await this.met('create-only', key, 'created', { IfNoneMatch: '*' });
    await this.unmet('create-only', key, { IfNoneMatch: '*' });
    await this.unmet('compare-and-swap', key, { IfMatch: NO_STATE });
    await this.holds('create-only', key, 'created');
    const replaced = await this.met('compare-and-swap', key, 'replaced', { IfMatch: created });
    await this.unmet('compare-and-swap', key, { IfMatch: created });
    await this.holds('compare-and-swap', key, 'replaced');
    if (replaced === created) throw unfit('compare-and-swap');
  }

  private async proveRaces(key: string): Promise<void> {
    const tag = await this.oneWinner('create-only-race', key, { IfNoneMatch: '*' });
    await this.oneWinner('compare-and-swap-race', key, { IfMatch: tag });
  }

  /** Returns the winner's entity tag. */
  private async oneWinner(promise: S3Promise, key: string, condition: WriteCondition): Promise<string> {
    const bodies = Array.from({ length: RACERS }, (_, i) => `${promise} ${i}`);
    const racers = await Promise.allSettled(bodies.map((body) => this.write(key, body, condition)));
    const winners = racers.flatMap((racer, i) => {
      if (racer.status === 'rejected') throw racer.reason;
      return racer.value === null ? [] : [{ tag: racer.value, body: bodies[i]! }];
    });
    const [winner] = winners;
    if (winner === undefined || winners.length > 1) throw unfit(promise);
    await this.holds(promise, key, winner.body);
    return winner.tag;
  }

  private async met(
    promise: S3Promise,
    key: string,
    body: string,
    condition: WriteCondition,
  ): Promise<string> {
    const tag = await this.write(key, body, condition);
    if (tag === null) throw unfit(promise);
    return tag;
  }

  private async unmet(promise: S3Promise, key: string, condition: WriteCondition): Promise<void> {
    if ((await this.write(key, `forbidden by ${promise}`, condition)) !== null) throw unfit(promise);
  }

  private async holds(promise: S3Promise, key: string, body: string): Promise<void> {
    const found = await readObject(this.bucket, key, SCRATCH_BYTES);
    if (found === null) throw unfit('read-after-write');
    if (new TextDecoder().decode(found.bytes) !== body) throw unfit(promise);
  }

  /** The new entity tag, or null when the condition was not met. */
  private async write(key: string, text: string, condition: WriteCondition): Promise<string | null> {
    try {
      const tag = await putObject(this.bucket, describeUpload(key, utf8(text)), condition);
      if (tag === '') throw new BrokenAnswer('no entity tag');
      return tag;
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'unmet' || fault === 'absent') return null;
      throw error;
    }
  }

  private async remove(): Promise<void> {
    for (const key of [this.alone, this.raced]) {
      // A scratch object that stays behind harms nobody: it is outside of what the store lists.
      await this.bucket.client.send(new DeleteObjectCommand(address(this.bucket, key))).catch(() => {});
    }
  }
}

function unfit(promise: S3Promise): StorageError {
  return new StorageError('store.unfit', 'the server breaks a promise the store stands on', { promise });
}
