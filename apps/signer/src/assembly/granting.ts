import { readFileSync } from 'node:fs';
import { DatabaseGarbageLog } from '@rind/database';
import { parseGrantKeys } from '@rind/index-model';
import { HttpAuthLog } from '../auth-log/auth-log.ts';
import type { AuthLog } from '../auth-log/auth-log.ts';
import { Intake } from '../intake/intake.ts';
import { VoidedGrants } from '../intake/voided-grants.ts';
import { BatchPlanner } from '../publishing/batch-planner.ts';
import { TopRepair } from '../repair/damaged-top.ts';
import { DatabaseGrantRecord } from '../repair/grant-record.ts';
import { Repairs } from '../repair/repairs.ts';
import type { Base } from './base.ts';
import type { Signing } from './signing.ts';

/** From grants to what is published: what is asked for now, and what can be proven anew. */
export interface Granting {
  readonly planner: BatchPlanner;
  readonly garbage: DatabaseGarbageLog;
  readonly repairs: Repairs;
  readonly topRepair: TopRepair;
  readonly authLog: AuthLog;
  /** False only in a benchmark that measures the cost of pages. */
  readonly pages: boolean;
}

export function assembleGranting(base: Base, { bins, bitLength, offline }: Signing): Granting {
  const { config, location, store, log, sql, warn, unproven } = base;
  const garbage = new DatabaseGarbageLog(sql);
  const keys = parseGrantKeys(readFileSync(config.RIND_TRUSTED_GRANT_KEYS_FILE, 'utf8'));
  const repository = config.RIND_REPOSITORY;
  const pages = config.RIND_RENDER_PAGES === 'yes';
  const record = new DatabaseGrantRecord(sql, bitLength);
  const repairs = new Repairs({
    record,
    log,
    keys,
    repository,
    bitLength,
    condemned: (objects) => garbage.condemned(objects),
    pages,
    bins,
    unproven,
    audit: (events) => log.audit(events),
  });
  const topRepair = new TopRepair({
    store,
    log,
    record,
    bins,
    repairs,
    bitLength,
    settle: (state) => offline.settle(state),
  });
  const authLog = new HttpAuthLog({
    url: config.RIND_AUTH_URL,
    secret: config.RIND_SIGNER_AUTH_SECRET,
    liveTimeoutMs: 10_000,
    voidedTimeoutMs: 1_000,
  });
  const voided = new VoidedGrants(authLog, warn);
  const planner = new BatchPlanner({
    log,
    intake: new Intake({
      keys,
      repository,
      // A folder's objects must be hashed, which belongs into the pool; S3 knows the checksum and only takes its time.
      stat: location.kind === 'fs' ? (key) => bins.stat(key) : (key) => store.stat(key),
      isCondemned: async (key) => (await garbage.condemned([key])).size > 0,
      voidedAmong: (ids) => voided.among(ids),
    }),
    garbage: { condemned: (objects) => repairs.avoided(objects) },
    bitLength,
    isUnproven: (idx) => unproven.has(idx),
    clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
    quotas: {
      newFilesPerProjectAndHour: config.RIND_QUOTA_FILES_PER_PROJECT_HOUR,
      deletionsPerHour: config.RIND_QUOTA_DELETIONS_PER_HOUR,
    },
    pages,
  });
  return { planner, garbage, repairs, topRepair, authLog, pages };
}
