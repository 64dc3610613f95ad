import { z } from 'zod';

/** What came of bringing a grant to the warehouse. */
export type DeliveryOutcome =
  | { readonly taken: true; readonly receiptId: string }
  /** `code`: the warehouse's, or `warehouse.unavailable`. */
  | { readonly taken: false; readonly code: string };

const accepted = z.object({ id: z.uuid() });
const problem = z.object({ code: z.string().regex(/^[a-z0-9.-]{1,100}$/) });

/** The warehouse, as auth sees it: a door for grants, which prove themselves. */
export class WarehouseClient {
  private readonly url: string;
  private readonly timeoutMs: number;

  constructor(options: { readonly url: string; readonly timeoutMs: number }) {
    this.url = options.url;
    this.timeoutMs = options.timeoutMs;
  }

  /** The same grant may be brought any number of times: the answer is the first one's. */
  async deliver(envelope: Uint8Array): Promise<DeliveryOutcome> {
    try {
      const answer = await fetch(`${this.url}/api/v1/grants`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/vnd.rind.grant+json' },
        body: envelope.slice(),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const body: unknown = await answer.json();
      const receipt = answer.status === 202 ? accepted.safeParse(body) : undefined;
      if (receipt?.success === true) return { taken: true, receiptId: receipt.data.id };
      const refusal = problem.safeParse(body);
      return { taken: false, code: refusal.success ? refusal.data.code : unavailable };
    } catch {
      return { taken: false, code: unavailable };
    }
  }
}

const unavailable = 'warehouse.unavailable';
