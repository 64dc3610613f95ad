import type { Clock, Randomness } from '@rind/kernel';
import { createApp } from '@rind/nest-kit';
import type { App, Logger } from '@rind/nest-kit';
import type { WarehouseConfig } from './config.ts';
import { keepGrantBytes } from './operator-grants/grants.controller.ts';
import { problems } from './problems.ts';
import { ReceiptOffice } from './receipts/receipt-office.ts';
import { leaveUploadsUnread } from './uploads/upload-body.ts';
import { WarehouseModule } from './warehouse.module.ts';

export interface WarehouseParts {
  readonly config: WarehouseConfig;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Builds the warehouse; it does not listen yet. */
export async function buildWarehouse(parts: WarehouseParts): Promise<App> {
  const app = await createApp(WarehouseModule, {
    ...parts,
    problems,
    drainTimeoutMs: 30_000,
    configure: (fastify) => {
      leaveUploadsUnread(fastify);
      keepGrantBytes(fastify);
    },
  });
  return {
    ...app,
    close: () => {
      // Who waits for a receipt would hold up the drain.
      app.nest.get(ReceiptOffice).release();
      return app.close();
    },
  };
}
