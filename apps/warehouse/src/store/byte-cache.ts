/** Bytes by key, bounded by their sum; what was used longest ago goes first. Only for what never changes. */
export class ByteCache {
  private readonly entries = new Map<string, Uint8Array>();
  private readonly maxBytes: number;
  private heldBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The bytes of `key`, made by `load` where they are not held; null is not kept. */
  async get<Loaded extends Uint8Array | null>(
    key: string,
    load: () => Promise<Loaded>,
  ): Promise<Uint8Array | Loaded> {
    const held = this.entries.get(key);
    if (held !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, held);
      return held;
    }
    const bytes = await load();
    if (bytes !== null) this.keep(key, bytes);
    return bytes;
  }

  private keep(key: string, bytes: Uint8Array): void {
    // An object that would push out most of the others is not worth it.
    if (bytes.length > this.maxBytes / 4 || this.entries.has(key)) return;
    this.entries.set(key, bytes);
    this.heldBytes += bytes.length;
    for (const [oldest, { length }] of this.entries) {
      if (this.heldBytes <= this.maxBytes) return;
      this.entries.delete(oldest);
      this.heldBytes -= length;
    }
  }
}
