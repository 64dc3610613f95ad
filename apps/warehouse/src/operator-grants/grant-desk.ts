import { canonicalBytes } from '@rind/canonical-json';
import type { TransactionalSql } from '@rind/database';
import { grantTargetPath, isExpired } from '@rind/index-model';
import { uuidV4 } from '@rind/kernel';
import type { Clock, JsonValue, Randomness } from '@rind/kernel';
import { WarehouseError } from '../errors.ts';
import type { GrantKeys } from '../grant-keys/grant-keys.ts';
import type { OutboxBell } from '../outbox/outbox-bell.ts';
import { insertRequest, lockName, uploadOfGrant } from '../outbox/upload-request.ts';

export interface GrantDeskParts {
  readonly sql: TransactionalSql;
  readonly grantKeys: GrantKeys;
  readonly bell: OutboxBell;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** Takes grants that operators signed, and those by which people change releases, and puts them before the signer. */
export class GrantDesk {
  private readonly parts: GrantDeskParts;

  constructor(parts: GrantDeskParts) {
    this.parts = parts;
  }

  /**
   * @param body canonical bytes of a signed grant, or the same as parsed JSON
   * @returns id of the receipt; the first one's when the grant was posted before
   * @throws GrantError, WarehouseError `grant.expired`, `grant.not-operator`, DatabaseError
   */
  async submit(body: unknown): Promise<string> {
    const envelope =
      body instanceof Uint8Array ? new Uint8Array(body) : canonicalBytes((body ?? null) as JsonValue);
    const { grant, issuer } = this.parts.grantKeys.verify(envelope);
    // A file enters by the gate, with its bytes; what auth lets people change needs none.
    if (issuer === 'auth' && grant.verb === 'add')
      throw new WarehouseError('grant.not-operator', 'files are added by uploading them', {});
    if (isExpired(grant, this.parts.clock.nowMs()))
      throw new WarehouseError('grant.expired', 'the grant has expired', {});
    const targetPath = grantTargetPath(grant);
    const { id, fresh } = await this.parts.sql.transaction(async (sql) => {
      await lockName(sql, grant.id);
      const earlier = await uploadOfGrant(sql, grant.id);
      if (earlier !== null) return { id: earlier, fresh: false };
      const upload = { id: uuidV4(this.parts.randomness), fileId: null, grantId: grant.id };
      const beside = { coreMetadataSha256: null, provenanceSha256: null };
      const sha256 = grant.digests?.sha256 ?? null;
      await insertRequest(sql, { ...upload, ...beside, targetPath, sha256, envelope });
      return { id: upload.id, fresh: true };
    });
    if (fresh) this.parts.bell.ring();
    return id;
  }
}
