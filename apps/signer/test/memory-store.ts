import { hashHex } from '@rind/crypto';
import { equalBytes } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { ObjectStore, StoredObject, Tag } from '@rind/storage-port';

export type StoreOperation = 'putNew' | 'replaceIf' | 'get' | 'sync' | 'delete';

interface Trouble {
  readonly operation: StoreOperation;
  /** `lost`: the call works and its reply does not arrive. */
  readonly kind: 'refused' | 'lost';
}

/** An object store in memory whose calls can be made to fail, before or after they work. */
export class MemoryStore implements ObjectStore {
  readonly calls: string[] = [];
  private readonly objects = new Map<string, StoredObject>();
  private readonly troubles: Trouble[] = [];
  private changes = 0;

  /** The next call of `operation` ends with `store.unavailable`. */
  fail(operation: StoreOperation, kind: Trouble['kind']): void {
    this.troubles.push({ operation, kind });
  }

  /** What somebody else writes, whatever the tag. */
  overwrite(key: string, bytes: Uint8Array): Tag {
    const tag = `tag-${++this.changes}` as Tag;
    this.objects.set(key, { bytes, tag });
    return tag;
  }

  bytesOf(key: string): Uint8Array | undefined {
    return this.objects.get(key)?.bytes;
  }

  tagOf(key: string): Tag | undefined {
    return this.objects.get(key)?.tag;
  }

  async putNew(key: string, body: Uint8Array): Promise<'created' | 'identical'> {
    return this.call('putNew', key, () => {
      const found = this.objects.get(key);
      if (found === undefined) this.overwrite(key, body);
      else if (!equalBytes(found.bytes, body))
        throw new StorageError('store.conflict', 'other bytes', { key });
      return found === undefined ? 'created' : 'identical';
    });
  }

  async replaceIf(key: string, bytes: Uint8Array, tag: Tag | null): Promise<Tag> {
    return this.call('replaceIf', key, () => {
      if ((this.objects.get(key)?.tag ?? null) !== tag) {
        throw new StorageError('store.precondition-failed', 'replaced meanwhile', { key });
      }
      return this.overwrite(key, bytes);
    });
  }

  async get(key: string): Promise<StoredObject | null> {
    return this.call('get', key, () => this.objects.get(key) ?? null);
  }

  async sync(keys: readonly string[]): Promise<void> {
    return this.call('sync', keys.join(' '), () => undefined);
  }

  async stat(key: string): Promise<{ length: number; sha256: string } | null> {
    const bytes = this.bytesOf(key);
    return bytes === undefined ? null : { length: bytes.length, sha256: hashHex('sha256', bytes) };
  }

  open(): never {
    throw new Error('the signer opens no streams');
  }

  async *list(prefix: string): AsyncGenerator<string> {
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    await this.call('delete', key, () => this.objects.delete(key));
  }

  private call<Result>(operation: StoreOperation, key: string, work: () => Result): Result {
    this.calls.push(`${operation} ${key}`);
    const at = this.troubles.findIndex((trouble) => trouble.operation === operation);
    const trouble = at < 0 ? undefined : this.troubles.splice(at, 1)[0];
    const unavailable = new StorageError('store.unavailable', 'no answer', { key });
    if (trouble?.kind === 'refused') throw unavailable;
    const result = work();
    if (trouble?.kind === 'lost') throw unavailable;
    return result;
  }
}
