import type { IncomingMessage } from 'node:http';
import type { UploadForm } from '@rind/index-model';
import { monotonicMs, uuidV4 } from '@rind/kernel';
import type { Checkpoint, Randomness } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import type { GateConfig } from '../config.ts';
import { GateError, PassedOnRefusal } from '../errors.ts';
import type { Digests } from '../hashing/hash.worker.ts';
import type { Spool } from '../spool/spool.ts';
import type { AuthClient, OpaqueGrant, TokenOwner } from '../upstream/auth-client.ts';
import { SilenceError } from '../upstream/http-call.ts';
import type { AcceptedUpload, GrantUse, WarehouseClient } from '../upstream/warehouse-client.ts';
import { invalidTokenText, tokenOf } from './credentials.ts';
import { checkAction, checkForm } from './form-check.ts';
import type { GrantLedger } from './grant-ledger.ts';
import { receiveForm } from './receive-form.ts';
import type { ReceivedFile, ReceivedForm } from './receive-form.ts';
import type { Slots } from './slots.ts';

/** Digests of a spooled file; computed off the event loop. */
export type DigestsOf = (path: string) => Promise<Digests>;

export interface DeskParts {
  readonly config: Pick<GateConfig, 'maxFileBytes' | 'bodyIdleMs' | 'bodyTotalMs'>;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly checkpoint: Checkpoint;
  readonly slots: Slots;
  readonly spool: Spool;
  readonly digestsOf: DigestsOf;
  readonly auth: AuthClient;
  readonly warehouse: WarehouseClient;
  readonly ledger: GrantLedger;
}

/** One request to the upload URL; `action` is the query's, if it has one. */
export interface UploadRequest {
  readonly request: IncomingMessage;
  readonly id: string;
  readonly action: unknown;
}

/** Pauses before each question about a grant whose upload had no clear end. */
const questionPausesMs = [0, 100, 400];
/** The author waits meanwhile; the ledger asks again with more patience. */
const questionTimeoutMs = 2_000;

/**
 * The way of an upload through the gate:
 * 1. token out of the headers, known to auth? If not, the body is never read.
 * 2. form into memory, file into the spool
 * 3. digests, computed here: nobody else's word counts
 * 4. form checks that the grant depends on
 * 5. grant from auth for exactly these digests
 * 6. form, file and grant (not the token) to the warehouse
 */
export class UploadDesk {
  private readonly parts: DeskParts;

  constructor(parts: DeskParts) {
    this.parts = parts;
  }

  /** @throws GateError, PassedOnRefusal */
  async accept({ request, id, action }: UploadRequest): Promise<AcceptedUpload> {
    if (typeof action === 'string') checkAction(action, []);
    const token = tokenOf(request.headers.authorization);
    const owner = await this.parts.auth.introspect(token, invalidTokenText);
    return this.parts.slots.use(async () => {
      const startedMs = monotonicMs();
      const form = await receiveForm(request, this.parts.spool, this.parts.config);
      try {
        this.parts.checkpoint('after-spool');
        checkAction(action, form.fields);
        const upload = await this.handle(form, token, owner, request.socket.remoteAddress);
        const durationMs = Math.round(monotonicMs() - startedMs);
        const { uploadId } = upload;
        this.parts.logger.info('upload.accepted', {
          requestId: id,
          uploadId,
          tokenId: owner.tokenId,
          durationMs,
        });
        return upload;
      } finally {
        await form.file?.spooled.discard();
      }
    });
  }

  private async handle(form: ReceivedForm, token: string, owner: TokenOwner, remote: string | undefined) {
    const { file } = form;
    if (file === undefined) {
      checkForm(form);
      throw new Error('a form without a file passed the checks');
    }
    const digests = await this.parts.digestsOf(file.spooled.path);
    this.parts.checkpoint('after-hash');
    const checked = checkForm(form, digests);
    const grantId = uuidV4(this.parts.randomness);
    await this.parts.ledger.begin(grantId);
    let grant: OpaqueGrant;
    try {
      grant = await this.askForGrant(grantId, { token, checked, file, digests, remote });
    } catch (error) {
      const earlier = error instanceof PassedOnRefusal ? error.details.grantId : undefined;
      if (earlier === undefined) throw error;
      return this.earlierUpload(earlier);
    }
    this.parts.checkpoint('after-grant');
    return this.forward(grantId, {
      fields: form.fields,
      file,
      digests,
      grant,
      actor: owner.user.username,
    });
  }

  private async askForGrant(
    id: string,
    asked: {
      token: string;
      checked: UploadForm;
      file: ReceivedFile;
      digests: Digests;
      remote: string | undefined;
    },
  ): Promise<OpaqueGrant> {
    const { token, checked, file, digests, remote } = asked;
    const { sha256, sha512, blake2b256 } = digests;
    try {
      return await this.parts.auth.grant({
        id,
        token,
        project: checked.name,
        filename: file.filename,
        digests: { sha256, sha512, blake2b256 },
        length: file.spooled.length,
        requiresPython: checked.requiresPython,
        ...(remote === undefined ? {} : { remote }),
      });
    } catch (error) {
      // A refusal means that there is no grant; after anything else there may be one that nobody has seen.
      if (error instanceof GateError) this.parts.ledger.settleLater(id, 'the answer to the gate was lost');
      else await this.parts.ledger.end(id);
      throw error;
    }
  }

  /**
   * A token for one file came again with that file: its sender may never have heard the answer, and gets it now, as
   * whoever repeats an upload with any other token. The earlier grant is not this request's to use or to void.
   */
  private async earlierUpload(grantId: string): Promise<AcceptedUpload> {
    for (const pauseMs of questionPausesMs) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const { used, uploadId } = await this.parts.warehouse.grantUse(grantId, questionTimeoutMs);
      if (used && uploadId !== undefined) return { uploadId, warnings: [] };
    }
    const text = 'This file is being uploaded with this token already. Try again in a moment.';
    throw new GateError('upload.under-way', text, { status: 503, retryAfterSeconds: 5 });
  }

  private async forward(
    grantId: string,
    upload: {
      fields: ReceivedForm['fields'];
      file: ReceivedFile;
      digests: Digests;
      grant: OpaqueGrant;
      actor: string;
    },
  ): Promise<AcceptedUpload> {
    const { fields, file, digests, grant, actor } = upload;
    const { filename, contentType, spooled } = file;
    const { ledger } = this.parts;
    const header = { fields, filename, contentType, digests, length: spooled.length, grant, actor };
    const outcome = await this.parts.warehouse.upload(header, spooled.path).catch(async (error: unknown) => {
      await ledger.void(grantId, 'the upload could not be forwarded');
      throw error;
    });
    this.parts.checkpoint('after-forward');
    if (outcome.kind === 'accepted') {
      if (outcome.grantUsed) await ledger.end(grantId);
      else await ledger.void(grantId, 'the file was there already');
      return outcome.upload;
    }
    if (outcome.kind === 'refused') {
      await ledger.void(grantId, `the warehouse refused the upload: ${outcome.refusal.code}`);
      throw outcome.refusal;
    }
    return this.findOut(grantId, outcome.answered, outcome.refusal);
  }

  /** The warehouse said neither yes nor no. Asks it a few times; what stays unclear is left to the ledger. */
  private async findOut(grantId: string, answered: boolean, refusal: Error): Promise<AcceptedUpload> {
    const { ledger, warehouse } = this.parts;
    const reason = 'the warehouse did not store the upload';
    let use: GrantUse | undefined;
    for (const pauseMs of questionPausesMs) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      let silent = false;
      use = await warehouse.grantUse(grantId, questionTimeoutMs).catch((error: unknown) => {
        silent = error instanceof Error && error.cause instanceof SilenceError;
        return undefined;
      });
      // A broken connection is noticed here before the warehouse has finished: "not used" may change.
      if (silent || use?.used === true || (use !== undefined && answered)) break;
    }
    if (use?.used === true) {
      await ledger.end(grantId);
      if (use.uploadId !== undefined) return { uploadId: use.uploadId, warnings: [] };
    } else if (use !== undefined && answered) await ledger.void(grantId, reason);
    else ledger.settleLater(grantId, reason);
    throw refusal;
  }
}
