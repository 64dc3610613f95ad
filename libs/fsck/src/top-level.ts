import { parseSnapshot, parseTimestamp } from '@rind/metadata';
import type { Root, Snapshot, Timestamp } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { checkExpiry } from './expiry.ts';
import { metadataPath, readMetadata } from './metadata-file.ts';
import { checkSignatures } from './signatures.ts';

/** Reads timestamp (TUF 1.0.34 §5.4) and judges it by the newest root; null when there is no document. */
export async function auditTimestamp(audit: Audit, root: Root): Promise<Timestamp | null> {
  const place = { role: 'timestamp', version: null, path: metadataPath('timestamp', null) };
  const { maxTimestampBytes: maxBytes } = audit.limits;
  const timestamp = await readMetadata(audit, { ...place, maxBytes, parse: parseTimestamp });
  if (timestamp === null) return null;
  const found = { ...place, version: timestamp.signed.version };
  audit.report.checked.roles++;
  checkSignatures(audit, found, timestamp, [{ by: 'root', role: root.roles.timestamp, keys: root.keys }]);
  checkExpiry(audit, found, timestamp.signed, 'online');
  return timestamp.signed;
}

/** Reads the snapshot that the timestamp names (TUF 1.0.34 §5.5); null when there is no document. */
export async function auditSnapshot(
  audit: Audit,
  root: Root,
  timestamp: Timestamp,
): Promise<Snapshot | null> {
  const { snapshotMeta: listed } = timestamp;
  const { version } = listed;
  const place = {
    role: 'snapshot',
    version,
    path: metadataPath('snapshot', root.consistentSnapshot ? version : null),
  };
  const { maxSnapshotBytes: maxBytes } = audit.limits;
  const snapshot = await readMetadata(audit, { ...place, maxBytes, parse: parseSnapshot, listed });
  if (snapshot === null) return null;
  audit.report.checked.roles++;
  checkSignatures(audit, place, snapshot, [{ by: 'root', role: root.roles.snapshot, keys: root.keys }]);
  checkExpiry(audit, place, snapshot.signed, 'online');
  return snapshot.signed;
}
