import { hashHex, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { joinMetadata, specVersion } from '@rind/metadata';
import { parseJson } from '@rind/canonical-json';
import { fromHex, isRindError } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import {
  checkHead,
  editBin,
  emptyBin,
  maxTargetsBytes,
  metadataKey,
  RepositoryError,
  signedPart,
  spliceBin,
} from '@rind/repository';
import type { BinHead } from '@rind/repository';
import type { StoredObject } from '@rind/storage-port';
import type { SyncSigner } from '@rind/signers-file';
import { runBounded } from '../bounded.ts';
import type { BinStore } from './bin-store.ts';
import type { BinFinding, BinJob, BuildJob, BuiltBin, CheckJob, PublishedBin } from './bin-tasks.ts';
import { damagedPages, damageOf } from './damage.ts';

export interface BinBuilderParts {
  readonly store: BinStore;
  /** Opened in this thread; the key never leaves it. */
  readonly signer: SyncSigner;
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly threshold: number;
}

/** Takes bins as last published, merges changes, signs, and stores them create-only. */
export class BinBuilder {
  private readonly parts: BinBuilderParts;

  constructor(parts: BinBuilderParts) {
    this.parts = parts;
  }

  /** All bins of the job, in its order. */
  build(job: BuildJob): Promise<BuiltBin[]> {
    return runBounded(job.bins, this.parts.store.lanes, (bin) => this.buildOne(bin, job.expires));
  }

  private async buildOne(bin: BinJob, expires: string): Promise<BuiltBin> {
    const next = await this.nextContent(bin, { role: bin.role, version: bin.version, expires });
    const signature = this.parts.signer.signSync(next.signed);
    const file = joinMetadata(next.signed, [signature]);
    const key = metadataKey(bin.role, bin.version);
    const stored = this.parts.store.putNew(key, file);
    if (stored instanceof Promise) await stored;
    return {
      idx: bin.idx,
      key,
      length: file.length,
      sha256: hashHex('sha256', file),
      targets: next.targets,
      keyId: signature.keyid,
    };
  }

  private async nextContent(
    { role, oldVersion, changes }: BinJob,
    head: BinHead,
  ): Promise<{ signed: Uint8Array; targets: number | null }> {
    if (oldVersion === null) return editBin(emptyBin(head, specVersion), head, changes ?? [], head);
    const old = { role, version: oldVersion };
    const signed = await this.readVerified(old);
    if (changes === null) return { signed: spliceBin(signed, old, head), targets: null };
    return editBin(signed, old, changes, head);
  }

  /** Of these bins those that are damaged, or whose pages are; an outage of the store is thrown. */
  async check({ bins, pages }: CheckJob): Promise<BinFinding[]> {
    const found = await runBounded(bins, this.parts.store.lanes, (bin) => this.checkOne(bin, pages));
    return found.filter((finding) => finding !== null);
  }

  private async checkOne(bin: PublishedBin, pages: boolean): Promise<BinFinding | null> {
    try {
      const signed = await this.readVerified({ role: bin.role, version: bin.version });
      const damaged = pages ? await damagedPages(this.parts.store, signed) : [];
      return damaged.length === 0 ? null : { bin, damage: null, pages: damaged };
    } catch (error) {
      const damage = damageOf(error);
      if (damage === null) throw error;
      return { bin, damage, pages: [] };
    }
  }

  /** The committed bin's `signed` bytes; anything but our own signed bytes of that role and version is refused. */
  private async readVerified(old: { role: string; version: number }): Promise<Uint8Array> {
    const object = await readBounded(this.parts.store, old);
    if (object === null)
      throw new RepositoryError('store.missing', `${old.role} ${old.version} is missing`, old);
    const signed = signedPartOf(object.bytes, old);
    const valid = this.validSignatures(object.bytes, signed);
    if (valid === null || valid < this.parts.threshold) {
      throw new RepositoryError('store.corrupt', `${old.role} ${old.version}: threshold not met`, {
        ...old,
        reason: 'threshold not met',
      });
    }
    return signed;
  }

  /** How many keys signed; null when what should be signatures cannot be read. */
  private validSignatures(file: Uint8Array, signed: Uint8Array): number | null {
    const head = file.subarray(0, file.length - signed.length - 1 - '"signed":'.length - 1);
    const closed = new Uint8Array(head.length + 1);
    closed.set(head);
    closed[head.length] = 0x7d;
    const signatures = signaturesIn(closed);
    if (signatures === null) return null;
    const valid = new Set<string>();
    for (const { keyid, sig } of signatures) {
      const key = this.parts.keys.get(keyid);
      if (key !== undefined && verifySignature(key, signed, fromHex(sig))) valid.add(keyid);
    }
    return valid.size;
  }
}

const hexBytes = /^(?:[0-9a-f]{2})+$/;

function signaturesIn(head: Uint8Array): readonly { keyid: string; sig: string }[] | null {
  try {
    const { signatures } = parseJson(head) as { signatures: readonly JsonObject[] };
    return signatures.flatMap(({ keyid, sig }) =>
      typeof keyid === 'string' && typeof sig === 'string' && hexBytes.test(sig) ? [{ keyid, sig }] : [],
    );
  } catch (error) {
    // Damaged bytes: not JSON, or another shape.
    if (isRindError(error) || error instanceof TypeError) return null;
    throw error;
  }
}

/** As `signedPart` and `checkHead`; bytes that are not even text are as corrupt as any others. */
function signedPartOf(file: Uint8Array, old: { role: string; version: number }): Uint8Array {
  try {
    const signed = signedPart(file, old);
    checkHead(signed, old);
    return signed;
  } catch (error) {
    if (!isRindError(error, 'bytes.not-utf8')) throw error;
    const details = { ...old, reason: 'not text' };
    throw new RepositoryError('store.corrupt', `${old.role} ${old.version}: not text`, details, {
      cause: error,
    });
  }
}

/** A file that grew beyond any bin is as corrupt as one that shrank. */
async function readBounded(
  store: Pick<BinStore, 'get'>,
  old: { role: string; version: number },
): Promise<StoredObject | null> {
  try {
    return await store.get(metadataKey(old.role, old.version), maxTargetsBytes);
  } catch (error) {
    if (!isRindError(error, 'store.too-large')) throw error;
    const details = { ...old, reason: 'too large' };
    throw new RepositoryError('store.corrupt', `${old.role} ${old.version}: too large`, details, {
      cause: error,
    });
  }
}
