import { WarehouseError } from '../errors.ts';

/** So many uploads at one time and no more: the gate tries again, the event loop stays free. */
export class UploadSlots {
  inUse = 0;
  private readonly slots: number;

  constructor(slots: number) {
    this.slots = slots;
  }

  /** @throws WarehouseError `warehouse.busy` */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.inUse >= this.slots) {
      const text = 'Too many uploads at the moment. Try again in a moment.';
      throw new WarehouseError('warehouse.busy', text, { retryAfterSeconds: 2 });
    }
    this.inUse++;
    try {
      return await work();
    } finally {
      this.inUse--;
    }
  }
}
