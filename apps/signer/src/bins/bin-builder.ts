import { hashHex, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { joinMetadata } from '@rind/metadata';
import { parseJson } from '@rind/canonical-json';
import { fromHex } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import {
  checkHead,
  editBin,
  maxTargetsBytes,
  metadataKey,
  RepositoryError,
  signedPart,
  spliceBin,
} from '@rind/repository';
import type { SyncSigner } from '@rind/signers-file';
import type { FsStoreSync } from '@rind/storage-fs';
import type { ObjectStore } from '@rind/storage-port';
import type { BinJob, BuildJob, BuiltBin } from './bin-tasks.ts';

export interface BinBuilderParts {
  readonly store: ObjectStore;
  /** Creates bins without a promise each. */
  readonly bins: FsStoreSync;
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

  async build(job: BuildJob): Promise<BuiltBin[]> {
    const built: BuiltBin[] = [];
    for (const bin of job.bins) built.push(await this.buildOne(bin, job.expires));
    return built;
  }

  private async buildOne(bin: BinJob, expires: string): Promise<BuiltBin> {
    const old = { role: bin.role, version: bin.oldVersion };
    const signed = await this.readVerified(old);
    const head = { role: bin.role, version: bin.version, expires };
    const next =
      bin.changes === null
        ? { signed: spliceBin(signed, old, head), targets: null }
        : editBin(signed, old, bin.changes, head);
    const signature = this.parts.signer.signSync(next.signed);
    const file = joinMetadata(next.signed, [signature]);
    const key = metadataKey(bin.role, bin.version);
    this.parts.bins.putNew(key, file);
    return {
      idx: bin.idx,
      key,
      length: file.length,
      sha256: hashHex('sha256', file),
      targets: next.targets,
      keyId: signature.keyid,
    };
  }

  /** The committed bin's `signed` bytes; anything but our own signed bytes of that role and version is refused. */
  private async readVerified(old: { role: string; version: number }): Promise<Uint8Array> {
    const object = await this.parts.store.get(metadataKey(old.role, old.version), maxTargetsBytes);
    if (object === null)
      throw new RepositoryError('store.missing', `${old.role} ${old.version} is missing`, old);
    const signed = signedPart(object.bytes, old);
    checkHead(signed, old);
    if (this.validSignatures(object.bytes, signed) < this.parts.threshold) {
      throw new RepositoryError('store.corrupt', `${old.role} ${old.version}: threshold not met`, {
        ...old,
        reason: 'threshold not met',
      });
    }
    return signed;
  }

  private validSignatures(file: Uint8Array, signed: Uint8Array): number {
    const head = file.subarray(0, file.length - signed.length - 1 - '"signed":'.length - 1);
    const closed = new Uint8Array(head.length + 1);
    closed.set(head);
    closed[head.length] = 0x7d;
    const { signatures } = parseJson(closed) as { signatures: readonly JsonObject[] };
    const valid = new Set<string>();
    for (const { keyid, sig } of signatures as readonly { keyid: string; sig: string }[]) {
      const key = this.parts.keys.get(keyid);
      if (key !== undefined && verifySignature(key, signed, fromHex(sig))) valid.add(keyid);
    }
    return valid.size;
  }
}
