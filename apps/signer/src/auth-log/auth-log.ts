import { z } from 'zod';
import { messageOf } from '@rind/kernel';
import { SignerError } from '../errors.ts';

/** What the signer may ask auth about the grants that auth issued. */
export interface AuthLog {
  /**
   * Grants above `after` that are neither void nor expired, in the order of their numbers, at most `limit`.
   * @throws SignerError `auth.unavailable`
   */
  live(after: number, limit: number): Promise<readonly LiveGrant[]>;
  /**
   * Those of `ids` that auth took back.
   * @throws SignerError `auth.unavailable`
   */
  voided(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

const liveAnswer = z.object({
  grants: z.array(
    z.object({
      id: z.uuid(),
      /** Microseconds since 1970. */
      seq: z.number().int(),
      targetPath: z.string(),
      verb: z.string(),
      issuedAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
});
const voidedAnswer = z.object({ voided: z.array(z.string()) });

export type LiveGrant = z.output<typeof liveAnswer>['grants'][number];

export interface AuthLogSettings {
  readonly url: string;
  readonly secret: string;
  readonly liveTimeoutMs: number;
  /** Publications wait for this answer. */
  readonly voidedTimeoutMs: number;
}

/** As many as auth takes in one request. */
const idsPerRequest = 1_000;

/** Auth's log of grants over HTTP. */
export class HttpAuthLog implements AuthLog {
  private readonly settings: AuthLogSettings;
  private readonly request: typeof fetch;

  constructor(settings: AuthLogSettings, request: typeof fetch = fetch) {
    this.settings = settings;
    this.request = request;
  }

  async live(after: number, limit: number): Promise<readonly LiveGrant[]> {
    const path = `/internal/grants/live?after=${after}&limit=${limit}`;
    return (await this.call(path, liveAnswer, this.settings.liveTimeoutMs)).grants;
  }

  async voided(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let i = 0; i < ids.length; i += idsPerRequest) {
      const asked = { ids: ids.slice(i, i + idsPerRequest) };
      const timeoutMs = this.settings.voidedTimeoutMs;
      const { voided } = await this.call('/internal/grants/voided', voidedAnswer, timeoutMs, asked);
      for (const id of voided) found.add(id);
    }
    return found;
  }

  private async call<Answer>(
    path: string,
    shape: z.ZodType<Answer>,
    timeoutMs: number,
    body?: object,
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.settings.secret}` };
    try {
      const response = await this.request(`${this.settings.url}${path}`, {
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined
          ? { headers }
          : {
              method: 'POST',
              headers: { ...headers, 'content-type': 'application/json' },
              body: JSON.stringify(body),
            }),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return shape.parse(await response.json());
    } catch (cause) {
      const reason = messageOf(cause);
      throw new SignerError('auth.unavailable', `auth does not answer: ${reason}`, { reason }, { cause });
    }
  }
}
