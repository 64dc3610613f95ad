import type { TransferListItem } from 'node:worker_threads';

/** A value whose buffers change owner instead of being copied. */
export class Moved<Value> {
  readonly value: Value;
  readonly transfer: readonly TransferListItem[];

  constructor(value: Value, transfer: readonly TransferListItem[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

/**
 * Marks arrays somewhere in `value` to be moved to the other thread; here they are empty afterwards.
 * An array that shares its memory with others (a small `Buffer`, a `subarray`) is copied, since all of the
 * memory would go.
 */
export function moved<Value>(value: Value, arrays: readonly Uint8Array[]): Moved<Value> {
  return new Moved(value, transferable(arrays));
}

/** Memory that the arrays have to themselves, each once; what is shared stays and is copied as usual. */
export function transferable(arrays: readonly Uint8Array[]): TransferListItem[] {
  const own = arrays.filter(
    (each) => each.buffer instanceof ArrayBuffer && each.length === each.buffer.byteLength,
  );
  return [...new Set(own.map((each) => each.buffer as ArrayBuffer))];
}
