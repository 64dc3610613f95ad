/**
 * What a client trusts during one refresh, and the checks that let metadata in (TUF 1.0.34 §5). Pure: bytes go in,
 * a trusted document or a `ClientError` comes out.
 *
 * Invariants, in the order in which they are kept:
 * 1. A root is trusted when it is the one that the caller vouches for, or the successor, by one version, of a trusted
 *    root, signed by a threshold of both.
 * 2. Timestamp is judged after the last root proved unexpired, snapshot after timestamp, targets after snapshot; each
 *    by the keys of the final root, and by the time at which the refresh began.
 * 3. Documents of earlier refreshes, expired or not, are recalled for comparison only. They are never final: whatever
 *    becomes final passes every check anew.
 * 4. A check that fails changes nothing.
 */
import type { Metadata, MetaFile, Root, Snapshot, Targets, Timestamp } from '@rind/metadata';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { at, outOfOrder, parsed, requireFresh, requireThreshold, requireVersion } from './checks.ts';
import { verifyListedMetadata } from './content.ts';
import type { Delegation } from './delegation.ts';
import { ClientError } from './errors.ts';

export class TrustedSet {
  /** Milliseconds since 1970: the fixed update start time (TUF 1.0.34 §5.1). */
  readonly referenceMs: number;
  private currentRoot: Metadata<Root>;
  private rootIsFinal = false;
  private recalledTimestamp: Metadata<Timestamp> | null = null;
  private recalledSnapshot: Metadata<Snapshot> | null = null;
  private finalTimestamp: Metadata<Timestamp> | null = null;
  private finalSnapshot: Metadata<Snapshot> | null = null;

  /** @param root one that `readTrustedRoot` let pass */
  constructor(root: Metadata<Root>, referenceMs: number) {
    this.currentRoot = root;
    this.referenceMs = referenceMs;
  }

  get root(): Metadata<Root> {
    return this.currentRoot;
  }

  /** The final timestamp; `client.out-of-order` before there is one. */
  get timestamp(): Metadata<Timestamp> {
    return this.finalTimestamp ?? outOfOrder('snapshot', 'timestamp');
  }

  /** The final snapshot; `client.out-of-order` before there is one. */
  get snapshot(): Metadata<Snapshot> {
    return this.finalSnapshot ?? outOfOrder('targets', 'snapshot');
  }

  /** Lets the next root in (TUF 1.0.34 §5.3.4 to §5.3.7), expired or not. */
  updateRoot(bytes: Uint8Array): Metadata<Root> {
    if (this.rootIsFinal) outOfOrder('root', 'a new refresh');
    const place = at('root', 'TUF 1.0.34 §5.3.4');
    const next = parsed(parseRoot, bytes, place);
    const { keys, roles, version } = this.currentRoot.signed;
    requireThreshold(next, roles.root, keys, place);
    requireThreshold(next, next.signed.roles.root, next.signed.keys, place);
    requireVersion(next, version + 1, at('root', 'TUF 1.0.34 §5.3.5'));
    this.currentRoot = next;
    return next;
  }

  /** No further root: the one reached must not have expired (TUF 1.0.34 §5.3.10). */
  finishRoot(): void {
    requireFresh(this.currentRoot, this.referenceMs, at('root', 'TUF 1.0.34 §5.3.10'));
    this.rootIsFinal = true;
  }

  /** A timestamp that this client trusted before, possibly expired. Throws when the root no longer vouches for it. */
  recallTimestamp(bytes: Uint8Array): void {
    this.recalledTimestamp = this.signedTimestamp(bytes);
  }

  /**
   * Lets a new timestamp in (TUF 1.0.34 §5.4.2 to §5.4.4).
   * @returns false when its version is the recalled one's: then the recalled one stays, whatever the new one says
   */
  updateTimestamp(bytes: Uint8Array): boolean {
    const received = this.signedTimestamp(bytes);
    const known = this.recalledTimestamp;
    if (known !== null) {
      const versions = { trusted: known.signed.version, received: received.signed.version };
      if (versions.received < versions.trusted) {
        throw new ClientError('verify.version-rollback', at('timestamp', 'TUF 1.0.34 §5.4.3.1'), versions);
      }
    }
    const isNew = known === null || received.signed.version > known.signed.version;
    const next = isNew ? received : known;
    if (known !== null && next.signed.snapshotMeta.version < known.signed.snapshotMeta.version) {
      throw new ClientError('verify.version-rollback', at('timestamp', 'TUF 1.0.34 §5.4.3.2'), {
        trusted: known.signed.snapshotMeta.version,
        received: next.signed.snapshotMeta.version,
        file: 'snapshot.json',
      });
    }
    requireFresh(next, this.referenceMs, at('timestamp', 'TUF 1.0.34 §5.4.4'));
    this.finalTimestamp = next;
    return isNew;
  }

  /**
   * A snapshot that this client trusted before, possibly expired or of an older version. Throws when the root no
   * longer vouches for it.
   * @returns true when the timestamp still names it: then it is final, and nothing needs to be downloaded
   */
  recallSnapshot(bytes: Uint8Array): boolean {
    const { snapshotMeta } = this.timestamp.signed;
    const recalled = this.signedSnapshot(bytes);
    this.recalledSnapshot = recalled;
    if (recalled.signed.version !== snapshotMeta.version) return false;
    this.requireListedSnapshot(bytes);
    this.finishSnapshot(recalled);
    return true;
  }

  /** Lets a new snapshot in (TUF 1.0.34 §5.5.1 to §5.5.6). */
  updateSnapshot(bytes: Uint8Array): void {
    this.requireListedSnapshot(bytes);
    this.finishSnapshot(this.signedSnapshot(bytes));
  }

  /** What the snapshot says of a targets role; `verify.role-not-listed` when nothing. */
  listed(role: string): MetaFile {
    const file = `${role}.json`;
    const listed = this.snapshot.signed.meta.get(file);
    if (listed === undefined)
      throw new ClientError('verify.role-not-listed', at(role, 'TUF 1.0.34 §5.6.4'), { file });
    return listed;
  }

  /** The targets role that `delegation` names (TUF 1.0.34 §5.6.1 to §5.6.5); the same checks for recalled bytes. */
  verifyTargets(bytes: Uint8Array, delegation: Delegation): Metadata<Targets> {
    const { name: role } = delegation;
    const listed = this.listed(role);
    verifyListedMetadata(bytes, listed, at(role, 'TUF 1.0.34 §5.6.1'), at(role, 'TUF 1.0.34 §5.6.2'));
    const targets = parsed(parseTargets, bytes, at(role, 'TUF 1.0.34 §5.6.3'));
    requireThreshold(targets, delegation, delegation.keys, at(role, 'TUF 1.0.34 §5.6.3'));
    requireVersion(targets, listed.version, at(role, 'TUF 1.0.34 §5.6.4'));
    const found = targets.signed.roleName ?? role;
    if (found !== role) {
      throw new ClientError('verify.wrong-role-name', at(role, 'TUF 1.0.34 §5.6.4'), {
        expected: role,
        found,
      });
    }
    requireFresh(targets, this.referenceMs, at(role, 'TUF 1.0.34 §5.6.5'));
    return targets;
  }

  private signedTimestamp(bytes: Uint8Array): Metadata<Timestamp> {
    if (!this.rootIsFinal) outOfOrder('timestamp', 'the final root');
    const place = at('timestamp', 'TUF 1.0.34 §5.4.2');
    const timestamp = parsed(parseTimestamp, bytes, place);
    requireThreshold(timestamp, this.currentRoot.signed.roles.timestamp, this.currentRoot.signed.keys, place);
    return timestamp;
  }

  private signedSnapshot(bytes: Uint8Array): Metadata<Snapshot> {
    const place = at('snapshot', 'TUF 1.0.34 §5.5.3');
    const snapshot = parsed(parseSnapshot, bytes, place);
    requireThreshold(snapshot, this.currentRoot.signed.roles.snapshot, this.currentRoot.signed.keys, place);
    return snapshot;
  }

  private requireListedSnapshot(bytes: Uint8Array): void {
    const length = at('snapshot', 'TUF 1.0.34 §5.5.1');
    const hashes = at('snapshot', 'TUF 1.0.34 §5.5.2');
    verifyListedMetadata(bytes, this.timestamp.signed.snapshotMeta, length, hashes);
  }

  private finishSnapshot(next: Metadata<Snapshot>): void {
    requireVersion(next, this.timestamp.signed.snapshotMeta.version, at('snapshot', 'TUF 1.0.34 §5.5.4'));
    const rollback = at('snapshot', 'TUF 1.0.34 §5.5.5');
    for (const [file, { version: trusted }] of this.recalledSnapshot?.signed.meta ?? []) {
      const received = next.signed.meta.get(file)?.version;
      if (received === undefined) throw new ClientError('verify.role-vanished', rollback, { missing: file });
      if (received < trusted) {
        throw new ClientError('verify.version-rollback', rollback, { trusted, received, file });
      }
    }
    requireFresh(next, this.referenceMs, at('snapshot', 'TUF 1.0.34 §5.5.6'));
    this.finalSnapshot = next;
  }
}
