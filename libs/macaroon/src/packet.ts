import { concatBytes } from '@rind/kernel';
import { malformed } from './errors.ts';

/** Field types of the binary format, version 2. A section ends with `end`, which has no data. */
export const packetTypes = { end: 0, location: 1, identifier: 2, signature: 6 } as const;

export interface Packet {
  readonly type: number;
  readonly data: Uint8Array;
}

/** A packet: its type, and unless it is `end`, the length and the bytes of its data. */
export function packet(type: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  if (type === packetTypes.end) return Uint8Array.of(type);
  return concatBytes(Uint8Array.of(type), uvarint(data.length), data);
}

/** Reads packets one after the other. Every number must be written in its shortest form. */
export class PacketReader {
  private readonly bytes: Uint8Array;
  private at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.at = start;
  }

  /** @throws MacaroonError `macaroon.malformed` */
  next(): Packet {
    const type = this.uvarint();
    if (type === packetTypes.end) return { type, data: new Uint8Array() };
    const length = this.uvarint();
    const end = this.at + length;
    if (end > this.bytes.length) throw malformed('a packet is longer than the rest');
    const data = this.bytes.subarray(this.at, end);
    this.at = end;
    return { type, data };
  }

  /** Packets up to the end of the section. */
  section(): readonly Packet[] {
    const packets: Packet[] = [];
    for (let next = this.next(); next.type !== packetTypes.end; next = this.next()) packets.push(next);
    return packets;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** Two bytes hold every number that the bounded format can have. */
  private uvarint(): number {
    const low = this.byte();
    if (low < 0x80) return low;
    const high = this.byte();
    if (high === 0 || high >= 0x80) throw malformed('a number is not in its shortest form, or too large');
    return (low & 0x7f) | (high << 7);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw malformed('it ends too early');
    return byte;
  }
}

/** Little-endian groups of seven bits. */
function uvarint(value: number): Uint8Array {
  return value < 0x80 ? Uint8Array.of(value) : Uint8Array.of((value & 0x7f) | 0x80, value >> 7);
}
