import { messageOf } from '@rind/kernel';
import { z } from 'zod';
import { GateError, PassedOnRefusal } from '../errors.ts';
import { jsonOf, refusalOf } from './answer.ts';
import { call } from './http-call.ts';
import type { HttpAnswer } from './http-call.ts';
import { requireAlive } from './alive.ts';

/** Who a token belongs to. */
export interface TokenOwner {
  readonly tokenId: string;
  readonly user: { readonly id: string; readonly username: string };
}

export interface GrantRequest {
  /** Version 4 UUID chosen by the gate, so that a grant whose answer was lost can be voided. */
  readonly id: string;
  readonly token: string;
  /** As given in the form. */
  readonly project: string;
  readonly filename: string;
  /** Lower-case hex, computed by the gate. */
  readonly digests: { readonly sha256: string; readonly sha512: string; readonly blake2b256: string };
  /** Bytes. */
  readonly length: number;
  readonly requiresPython: string | null;
  /** Address of the sender, for the audit log. */
  readonly remote?: string;
}

/** A grant as auth signed it: the gate hands it on and never looks inside. */
export type OpaqueGrant = Readonly<Record<string, unknown>>;

const introspection = z.union([
  z.object({
    active: z.literal(true),
    tokenId: z.string(),
    user: z.object({ id: z.string(), username: z.string() }),
  }),
  z.object({ active: z.literal(false), code: z.string().regex(/^[a-z0-9.-]{1,100}$/) }),
]);
const issued = z.object({ grant: z.record(z.string(), z.unknown()), grantId: z.string() });

/** auth, as the gate sees it. It never puts a token anywhere but into the bodies of these calls. */
export class AuthClient {
  private readonly url: string;
  private readonly secret: string;
  private readonly timeoutMs: number;

  constructor(options: { url: string; secret: string; timeoutMs: number }) {
    this.url = options.url;
    this.secret = options.secret;
    this.timeoutMs = options.timeoutMs;
  }

  /**
   * @param refusalText what an author reads about any token that does not count; auth's code says why
   * @throws PassedOnRefusal with auth's code, GateError `auth.unavailable`
   */
  async introspect(token: string, refusalText: string): Promise<TokenOwner> {
    const answer = await this.post('/internal/tokens/introspect', { token }, 'kept');
    const said = answer.status === 200 ? jsonOf(answer, introspection) : undefined;
    if (said === undefined) throw unavailable(`introspection was answered with ${answer.status}`);
    if (!said.active) throw new PassedOnRefusal(said.code, refusalText, { status: 403 });
    return said;
  }

  /** @throws PassedOnRefusal, GateError `auth.unavailable` (then a grant may exist under `request.id`) */
  async grant(request: GrantRequest): Promise<OpaqueGrant> {
    const answer = await this.post('/internal/grants', request, 'fresh');
    const said = answer.status === 200 || answer.status === 201 ? jsonOf(answer, issued) : undefined;
    if (said?.grantId === request.id) return said.grant;
    throw (
      refusalOf(answer, [400, 403, 409, 429]) ?? unavailable(`a grant was answered with ${answer.status}`)
    );
  }

  /** Idempotent; a grant that does not exist is as good as void. @throws GateError `auth.unavailable` */
  async voidGrant(id: string, reason: string): Promise<void> {
    const answer = await this.post(`/internal/grants/${encodeURIComponent(id)}/void`, { reason }, 'kept');
    if (answer.status !== 204 && answer.status !== 404)
      throw unavailable(`void was answered with ${answer.status}`);
  }

  /** For `/readyz`. @throws GateError `auth.unavailable` */
  async check(): Promise<void> {
    try {
      await requireAlive(this.url);
    } catch (error) {
      throw unavailable(messageOf(error));
    }
  }

  private async post(path: string, body: object, connection: 'fresh' | 'kept'): Promise<HttpAnswer> {
    try {
      return await call({
        method: 'POST',
        url: `${this.url}${path}`,
        secret: this.secret,
        headers: { 'Content-Type': 'application/json' },
        body: new TextEncoder().encode(JSON.stringify(body)),
        idleMs: this.timeoutMs,
        connection,
      });
    } catch (error) {
      // Only the message: an error object of the HTTP client could carry the request, and so the token.
      throw unavailable(messageOf(error));
    }
  }
}

function unavailable(why: string): GateError {
  const text = 'Tokens cannot be checked at the moment. Try again in a moment.';
  return new GateError(
    'auth.unavailable',
    text,
    { status: 503, retryAfterSeconds: 5 },
    { cause: new Error(why) },
  );
}
