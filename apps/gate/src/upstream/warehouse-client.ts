import { messageOf } from '@rind/kernel';
import { z } from 'zod';
import { GateError } from '../errors.ts';
import type { PassedOnRefusal } from '../errors.ts';
import { jsonOf, refusalOf } from './answer.ts';
import type { OpaqueGrant } from './auth-client.ts';
import { call } from './http-call.ts';
import type { HttpAnswer } from './http-call.ts';
import { requireAlive } from './alive.ts';

/** What the warehouse gets: the form, the digests computed here, the grant. No token. */
export interface UploadHeader {
  readonly fields: readonly (readonly [string, string])[];
  readonly filename: string;
  readonly contentType: string;
  /** Lower-case hex. */
  readonly digests: {
    readonly sha256: string;
    readonly sha512: string;
    readonly blake2b256: string;
    readonly md5: string;
  };
  /** Bytes. */
  readonly length: number;
  readonly grant: OpaqueGrant;
  readonly actor: string;
}

export interface AcceptedUpload {
  readonly uploadId: string;
  readonly warnings: readonly string[];
}

/**
 * `unknown`: the upload may have happened. With `answered` the warehouse has finished with it, in whatever way;
 * without, it may still be at work. `refusal` is what the author reads meanwhile.
 */
export type ForwardOutcome =
  | { readonly kind: 'accepted'; readonly upload: AcceptedUpload; readonly grantUsed: boolean }
  | { readonly kind: 'refused'; readonly refusal: PassedOnRefusal | GateError }
  | { readonly kind: 'unknown'; readonly answered: boolean; readonly refusal: PassedOnRefusal | GateError };

export interface GrantUse {
  readonly used: boolean;
  /** Named by warehouses that know which upload used it. */
  readonly uploadId?: string | undefined;
}

const maxHeaderBytes = 16_777_216;
const passedOn = [400, 403, 409, 413, 429, 503];
const accepted = z.object({
  outcome: z.enum(['accepted', 'duplicate']),
  uploadId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  grantUsed: z.boolean(),
  warnings: z.array(z.string()).default([]),
});
const grantUse = z.object({
  used: z.boolean(),
  uploadId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
});

/** The warehouse, as the gate sees it. */
export class WarehouseClient {
  private readonly url: string;
  private readonly secret: string;
  private readonly idleMs: number;
  private readonly stallMs: number;

  constructor(options: { url: string; secret: string; idleMs: number; stallMs: number }) {
    this.url = options.url;
    this.secret = options.secret;
    this.idleMs = options.idleMs;
    this.stallMs = options.stallMs;
  }

  /**
   * Streams an upload from the spool: 4 bytes of big-endian length, the header as JSON, the file.
   * @throws GateError `upload.malformed-form` when the form is too long to send
   */
  async upload(header: UploadHeader, path: string): Promise<ForwardOutcome> {
    const json = Buffer.from(JSON.stringify(header), 'utf8');
    if (json.length > maxHeaderBytes) {
      throw new GateError('upload.malformed-form', 'The form is too long.', { status: 400 });
    }
    const lead = Buffer.alloc(4);
    lead.writeUInt32BE(json.length);
    let answer: HttpAnswer;
    try {
      answer = await call({
        method: 'POST',
        url: `${this.url}/internal/uploads`,
        secret: this.secret,
        headers: {
          'Content-Type': 'application/vnd.rind.upload',
          'Content-Length': String(4 + json.length + header.length),
        },
        body: Buffer.concat([lead, json]),
        file: { path, stallMs: this.stallMs },
        idleMs: this.idleMs,
        connection: 'fresh',
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
        return { kind: 'refused', refusal: unavailable(messageOf(error)) };
      }
      return { kind: 'unknown', answered: false, refusal: unavailable(messageOf(error)) };
    }
    return outcomeOf(answer);
  }

  /** For `/readyz`. @throws GateError `warehouse.unavailable` */
  async check(): Promise<void> {
    try {
      await requireAlive(this.url);
    } catch (error) {
      throw unavailable(messageOf(error), error);
    }
  }

  /** @throws GateError `warehouse.unavailable`; its cause is a SilenceError when nothing came within `timeoutMs` */
  async grantUse(grantId: string, timeoutMs = 5_000): Promise<GrantUse> {
    const url = `${this.url}/internal/uploads/by-grant/${encodeURIComponent(grantId)}`;
    try {
      const answer = await call({
        method: 'GET',
        url,
        secret: this.secret,
        idleMs: timeoutMs,
        connection: 'kept',
      });
      const said = answer.status === 200 ? jsonOf(answer, grantUse) : undefined;
      if (said !== undefined) return said;
      throw new Error(`the question was answered with ${answer.status}`);
    } catch (error) {
      throw unavailable(messageOf(error), error);
    }
  }
}

function outcomeOf(answer: HttpAnswer): ForwardOutcome {
  const said = answer.status === 200 ? jsonOf(answer, accepted) : undefined;
  if (said !== undefined) return { kind: 'accepted', upload: said, grantUsed: said.grantUsed };
  const refusal = refusalOf(answer, passedOn) ?? unavailable(`an upload was answered with ${answer.status}`);
  // Any 4xx is a no, even one whose words are not for the author. A 5xx may hide a commit.
  if (answer.status >= 400 && answer.status < 500) return { kind: 'refused', refusal };
  return { kind: 'unknown', answered: true, refusal };
}

export function unavailable(why: string, cause: unknown = new Error(why)): GateError {
  const text = 'The upload could not be stored at the moment. Try again in a moment.';
  const details = { status: 503, retryAfterSeconds: 5 } as const;
  return new GateError('warehouse.unavailable', text, details, { cause });
}
