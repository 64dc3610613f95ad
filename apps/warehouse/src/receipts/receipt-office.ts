import type { ServerResponse } from 'node:http';
import type { Sql } from '@rind/database';
import { noteInAccessLog } from '@rind/nest-kit';
import type { Metrics } from '@rind/nest-kit';
import { bitLengthOf } from '@rind/repository';
import { uploadNotFound } from '../errors.ts';
import type { PublicationFeed } from '../publications/publication-feed.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { newestUploadOf, receiptFacts } from './receipt-records.ts';
import { receiptOf } from './receipt.ts';
import type { Receipt } from './receipt.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface ReceiptOfficeParts {
  readonly sql: Sql;
  readonly feed: PublicationFeed;
  readonly metrics: Metrics;
  readonly binCount: number;
  readonly maxWaiters: number;
}

/** Receipts for the world: the facade of this module. */
export class ReceiptOffice {
  private readonly sql: Sql;
  private readonly desk: ReceiptDesk;

  constructor({ sql, feed, metrics, binCount, maxWaiters }: ReceiptOfficeParts) {
    const bitLength = bitLengthOf(binCount);
    this.sql = sql;
    this.desk = new ReceiptDesk(async (ids) => {
      return (await receiptFacts(sql, ids)).map((facts) => receiptOf(facts, bitLength));
    }, maxWaiters);
    feed.subscribe(() => this.desk.signal());
    metrics.observe('rind_receipt_waiters', 'Clients that wait for a receipt.', () => this.desk.waiting);
  }

  /** @param waitSeconds 0 to 60; @throws WarehouseError `upload.not-found`, `receipt.too-many-waiters` */
  async one(id: string, waitSeconds: number, response: ServerResponse): Promise<Receipt> {
    if (!uuid.test(id)) throw uploadNotFound();
    return told(await this.desk.receipt(id, waitSeconds * 1_000, goneSignal(response)));
  }

  /** Of the newest upload of the bytes with that checksum. */
  async newestOf(sha256: string, waitSeconds: number, response: ServerResponse): Promise<Receipt> {
    const gone = goneSignal(response);
    const id = await newestUploadOf(this.sql, sha256);
    if (id === null) throw uploadNotFound();
    return told(await this.desk.receipt(id, waitSeconds * 1_000, gone));
  }

  /** Answers all that wait: called when the process begins to drain. */
  release(): void {
    this.desk.release();
  }
}

/** The log's line of the answer names what the signer's log names. */
function told(receipt: Receipt): Receipt {
  const { id: uploadId, state, publication } = receipt;
  noteInAccessLog({ uploadId, state, ...(publication === null ? {} : { publication }) });
  return receipt;
}

/** Fires when the client hangs up before it was answered. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
