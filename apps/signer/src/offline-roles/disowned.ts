import { hashHex } from '@rind/crypto';
import { parseTimestamp, verifyThreshold } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import type { PublicationLog } from '@rind/queue-port';
import { maxTimestampBytes, rightOf, timestampKey } from '@rind/repository';
import type { ObjectStore, Tag } from '@rind/storage-port';

/** A timestamp that is nobody's: whoever made it used keys that the coming root takes away. */
export interface DisownedTimestamp {
  readonly version: number;
  readonly sha256: string;
  readonly expiresMs: number;
  readonly tag: Tag;
}

/**
 * After a theft the store may hold a timestamp of any version, signed with the stolen key. Once people signed a root
 * without that key, what no record of ours explains is not looked at any further: its version and the snapshot it
 * names bind nobody, since clients forget both together with the key (TUF 1.0.34 §5.3.11).
 * @param coming a root that follows the one in force and was signed by enough of its keys; null when there is none
 */
export async function readDisowned(
  store: ObjectStore,
  log: Pick<PublicationLog, 'committedRoles' | 'unfinished'>,
  coming: Root | null,
): Promise<DisownedTimestamp | null> {
  if (coming === null) return null;
  const stored = await store.get(timestampKey, maxTimestampBytes);
  if (stored === null) return null;
  const timestamp = parseTimestamp(stored.bytes);
  const right = rightOf(coming, 'timestamp');
  if (verifyThreshold(timestamp, right, right.keys).ok) return null;
  const { version, expiresMs } = timestamp.signed;
  const sha256 = hashHex('sha256', stored.bytes);
  // Ours, of the time before: an ordinary rotation.
  if (version <= ((await log.committedRoles()).get('timestamp')?.version ?? 0)) return null;
  if ((await log.unfinished()).some(({ timestampSha256 }) => timestampSha256 === sha256)) return null;
  return { version, sha256, expiresMs, tag: stored.tag };
}
