import { isRindError } from '@rind/kernel';
import type { Sql } from '@rind/database';
import { noteInAccessLog } from '@rind/nest-kit';
import type { Metrics } from '@rind/nest-kit';
import { uploadOfGrant } from '../outbox/upload-request.ts';
import type { UploadAnswer, UploadDesk } from './upload-desk.ts';
import { openFrame } from './upload-frame.ts';
import type { UploadSlots } from './upload-slots.ts';

export interface GrantUse {
  readonly used: boolean;
  /** The upload that used it. */
  readonly uploadId?: string;
}

/** `none`: the last upload whose file was to be stored found no room, in the spool or in the store. */
export type StoreRoom = 'enough' | 'none';

/** What the gate can ask of the warehouse: the facade of this module. */
export class UploadIntake {
  private readonly parts: { desk: UploadDesk; slots: UploadSlots; sql: Sql };
  private readonly outcomes: ReturnType<typeof outcomeCounter>;
  private room: StoreRoom = 'enough';
  private refusals = 0;

  constructor(parts: { desk: UploadDesk; slots: UploadSlots; sql: Sql; metrics: Metrics }) {
    this.parts = parts;
    this.outcomes = outcomeCounter(parts.metrics);
    parts.metrics.observe(
      'rind_uploads_active',
      'Uploads being received or recorded.',
      () => parts.slots.inUse,
    );
  }

  get storeRoom(): StoreRoom {
    return this.room;
  }

  /** Uploads that found no room since this process began. */
  get roomRefusals(): number {
    return this.refusals;
  }

  /** @throws whatever refuses the upload */
  async receive(body: AsyncIterable<Uint8Array>): Promise<UploadAnswer> {
    try {
      const answer = await this.parts.slots.use(async () => this.parts.desk.accept(await openFrame(body)));
      this.outcomes.inc({ outcome: answer.outcome });
      noteInAccessLog({ uploadId: answer.uploadId, outcome: answer.outcome });
      if (answer.outcome === 'accepted') this.room = 'enough';
      return answer;
    } catch (error) {
      if (isRindError(error, 'store.full')) {
        this.room = 'none';
        this.refusals++;
      }
      this.outcomes.inc({ outcome: isRindError(error) ? error.code : 'failed' });
      throw error;
    }
  }

  async grantUse(grantId: string): Promise<GrantUse> {
    const uploadId = await uploadOfGrant(this.parts.sql, grantId);
    return uploadId === null ? { used: false } : { used: true, uploadId };
  }
}

function outcomeCounter(metrics: Metrics) {
  return metrics.counter('rind_uploads_total', 'Uploads by what came of them.', ['outcome']);
}
