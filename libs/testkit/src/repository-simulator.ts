/**
 * The simulated repository with everything that can go wrong with one (TUF 1.0.34 §1.5.2).
 *
 * Two kinds of attackers act here. One stands between client and repository and can only serve other bytes than
 * those that were published: those methods change what is served and nothing else. The other holds the keys of every
 * role *above* the one it forges: those methods publish a whole consistent chain around one bad document, so that
 * exactly the check in question is left to refuse it. Each method says which it is.
 */
import { fromUtf8, toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { roleTypes } from '@rind/metadata';
import type { RoleType } from '@rind/metadata';
import { signedBy } from './published.ts';
import type { Forgery, Published } from './published.ts';
import { SimulatedRepository } from './simulated-repository.ts';
import { aliasOf, testKey } from './test-key.ts';
import type { Fault } from './served-files.ts';

const TIMESTAMP = 'metadata/timestamp.json';

export class RepositorySimulator extends SimulatedRepository {
  /** In between: the timestamp published before the last one, or version `version`, is served again. */
  rollbackTimestamp(version: number = this.previous('timestamp').version): void {
    this.served.put(TIMESTAMP, this.published('timestamp', version).bytes);
  }

  /** Timestamp key: a new timestamp names an older snapshot. */
  rollbackSnapshot(version: number = this.previous('snapshot').version): void {
    this.publishTimestamp(undefined, this.published('snapshot', version));
  }

  /** In between: from now on publications leave the served timestamp as it is. */
  freeze(): void {
    this.frozen = true;
  }

  /** Ends `freeze`: the last timestamp is served. */
  thaw(): void {
    this.frozen = false;
    this.served.put(TIMESTAMP, this.published('timestamp').bytes);
  }

  /** In between: an older snapshot is served under the name of the current one. */
  mixAndMatch(): void {
    this.served.put(this.published('snapshot').path, this.previous('snapshot').bytes);
  }

  /** In between: each of two bins is served under the other's name. */
  swapBins(first: string, second: string): void {
    const [a, b] = [this.published(first), this.published(second)];
    this.served.put(a.path, b.bytes);
    this.served.put(b.path, a.bytes);
  }

  /** In between: the version of a bin before the last is served under the name of the last. */
  olderBin(bin: string): void {
    this.served.put(this.published(bin).path, this.previous(bin).bytes);
  }

  /** Snapshot and timestamp keys: a new snapshot names the version of a bin before the last. */
  rollbackBin(bin: string): void {
    const { version } = this.previous(bin);
    this.publish({ snapshot: { change: (signed) => withMeta(signed, `${bin}.json`, { version }) } });
  }

  /** Snapshot and timestamp keys: a new snapshot no longer lists a role. */
  deleteRoleFromSnapshot(role: string): void {
    this.publish({ snapshot: { change: (signed) => withMeta(signed, `${role}.json`, null) } });
  }

  /** The role's own keys: its next version is a second past its expiry date. */
  expire(role: string): void {
    const expires = toTufDate(this.clock.nowMs() - 1000);
    this.forge(role, { change: (signed) => ({ ...signed, expires }) });
  }

  /** Every key but the role's: its next version carries its first `keep` signatures only. */
  stripSignature(role: string, keep = 0): void {
    this.forge(role, { sign: (signed) => signedBy(signed, this.signers(role).slice(0, keep)) });
  }

  /** Every key but the role's: its next version is signed by a key that nobody knows. */
  signWithUnknownKey(role: string): void {
    this.forge(role, { sign: (signed) => signedBy(signed, [testKey('unknown')]) });
  }

  /** Every key but the role's: as before, and the signatures claim to be by the role's keys. */
  forgeSignature(role: string): void {
    const unknown = testKey('unknown');
    const forged = this.signers(role).map(({ id, key }) => ({
      id,
      key,
      sign: (message: Uint8Array) => ({ ...unknown.sign(message), keyid: id }),
    }));
    this.forge(role, { sign: (signed) => signedBy(signed, forged) });
  }

  /** Every key but the role's, which has been rotated: its next version is signed by the keys it had before. */
  signWithRevokedKey(role: string): void {
    const revoked = this.revoked.get(this.roles.get(role)?.keyRole ?? role) ?? [];
    if (revoked.length === 0) throw new Error(`no key of ${role} was ever revoked`);
    this.forge(role, { sign: (signed) => signedBy(signed, revoked) });
  }

  /**
   * One of the role's keys, where two are needed (`thresholds`): it signs twice.
   * `same-id`: the file lists its id twice. `two-ids`: the delegator lists the public key under two ids, and the
   * file has a signature for each.
   */
  doubleSignatureByOneKey(role: string, how: 'same-id' | 'two-ids'): void {
    const [key] = this.signers(role);
    if (key === undefined) throw new Error(`${role} has no key`);
    if (how === 'same-id') {
      this.forge(role, { sign: (signed) => signedBy(signed, [key, key]) });
      return;
    }
    const keyRole = this.roles.get(role)?.keyRole ?? role;
    const predecessors = this.signers('root');
    this.keys.set(keyRole, [key, aliasOf(key)]);
    this.reissueDelegator(keyRole);
    if (isTopLevel(keyRole)) this.publishRoot(undefined, predecessors);
    this.publish();
  }

  /** In between: one byte more than published, of a target path or of a role's current file. */
  wrongLength(target: string): void {
    const path = this.locate(target);
    const bytes = this.served.get(path)!;
    this.served.put(path, Uint8Array.of(...bytes, 0x20));
  }

  /** In between: as many bytes as published but one of them another, of a target path or of a role's current file. */
  wrongHash(target: string): void {
    const path = this.locate(target);
    const bytes = this.served.get(path)!.slice();
    const at = this.history.has(target) ? firstSignatureDigit(bytes) : bytes.length - 1;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    this.served.put(path, bytes);
  }

  /**
   * Honest: the next root gives `roles` new keys, and what they sign is published anew. As an attack: signed by the
   * old root keys only, or by the new ones only.
   */
  rotateRoot(roles: readonly RoleType[] = ['root'], signedWith: 'both' | 'old' | 'new' = 'both'): void {
    const old = this.signers('root');
    for (const role of roles) this.renewKeys(role);
    const forgery = signedWith === 'old' ? { sign: (signed: JsonObject) => signedBy(signed, old) } : {};
    this.publishRoot(forgery, signedWith === 'both' ? old : []);
    if (roles.includes('targets')) this.targetsRole('targets').dirty = true;
    if (roles.some((role) => role !== 'root')) this.publish();
  }

  /** Honest: `bins` (or `targets`, for the keys of `bins`) names new keys, and what they sign is published anew. */
  rotateDelegated(keyRole: string): void {
    this.renewKeys(keyRole);
    this.reissueDelegator(keyRole);
    this.publish();
  }

  /** Root keys: the root after the next is served as the next. */
  skipRootVersion(): void {
    const next = this.version('root') + 1;
    this.publishRoot();
    this.publishRoot();
    this.served.put(`metadata/${next}.root.json`, this.published('root').bytes);
    this.served.remove(this.published('root').path);
  }

  /** The role's own keys: its version leaps to `version`, so that honest documents look old. */
  fastForward(role: string, version: number = 2 ** 31): void {
    this.resumeAt(role, version);
    this.publish();
  }

  /**
   * Honest, after `fastForward`: roles go on from the versions given, under new online keys (TUF 1.0.34 §5.3.11).
   * @param versions role → the version it gets now
   */
  recoverFromFastForward(versions: Readonly<Record<string, number>>): void {
    for (const [role, version] of Object.entries(versions)) this.resumeAt(role, version);
    this.rotateRoot(['timestamp', 'snapshot']);
  }

  /** In between: the path misbehaves. */
  fault(path: string, fault: Fault): void {
    this.served.fault(path, fault);
  }

  /** Publishes the role's next version with `forgery`, and honest documents above it. */
  forge(role: string, forgery: Forgery): void {
    if (role === 'root') this.publishRoot(forgery, this.signers('root'));
    else this.publish({ [role]: forgery });
  }

  private previous(role: string): Published {
    const found = this.history.get(role)?.at(-2);
    if (found === undefined) throw new Error(`${role} has one version only`);
    return found;
  }

  private locate(target: string): string {
    return this.history.has(target) ? this.published(target).path : this.targetObject(target);
  }

  private resumeAt(role: string, version: number): void {
    this.versions.set(role, version - this.versionStep(role));
    const targetsRole = this.roles.get(role);
    if (targetsRole !== undefined) targetsRole.dirty = true;
  }

  private reissueDelegator(keyRole: string): void {
    for (const role of this.roles.values()) {
      const delegates = role.delegated.some(({ name }) => name === keyRole);
      const isParent =
        (keyRole === 'bin-n' && role.name === 'bins') || (keyRole === 'bins' && role.name === 'targets');
      if (role.keyRole === keyRole || isParent || delegates) role.dirty = true;
    }
  }
}

function isTopLevel(role: string): role is RoleType {
  return (roleTypes as readonly string[]).includes(role);
}

/** Where another digit leaves the file valid JSON. */
function firstSignatureDigit(file: Uint8Array): number {
  return fromUtf8(file).indexOf('"sig":"') + '"sig":"'.length;
}

function withMeta(signed: JsonObject, file: string, entry: JsonObject | null): JsonObject {
  const meta = { ...(signed['meta'] as JsonObject) } as Record<string, JsonObject>;
  if (entry === null) delete meta[file];
  else meta[file] = entry;
  return { ...signed, meta };
}
