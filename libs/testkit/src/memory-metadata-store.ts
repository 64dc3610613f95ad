import type { MetadataStore } from '@rind/client-port';
import { toHex } from '@rind/kernel';

/** A client's cache in memory. Bytes are copied both ways. */
export class MemoryMetadataStore implements MetadataStore {
  private readonly entries = new Map<string, Uint8Array>();

  async read(role: string): Promise<Uint8Array | null> {
    return this.entries.get(role)?.slice() ?? null;
  }

  async write(role: string, bytes: Uint8Array): Promise<void> {
    this.entries.set(role, bytes.slice());
  }

  async delete(role: string): Promise<void> {
    this.entries.delete(role);
  }

  /** Role → hex of its bytes, sorted by name: to compare the cache before and after. */
  dump(): Readonly<Record<string, string>> {
    const sorted = [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([role, bytes]) => [role, toHex(bytes)]));
  }
}
