import { concatBytes, fromUtf8, utf8 } from '@rind/kernel';
import { MacaroonError, malformed } from './errors.ts';
import { PacketReader, packet, packetTypes } from './packet.ts';
import type { Packet } from './packet.ts';

/** A macaroon with first-party caveats only. */
export interface Macaroon {
  /** Where it is good for: the index's domain. Not covered by the signature. */
  readonly location: string;
  /** Id of the row that holds its root key. */
  readonly identifier: string;
  /** As they are signed, in order. */
  readonly caveats: readonly string[];
  /** 32 bytes. */
  readonly signature: Uint8Array;
}

/** Bytes of the binary form. */
export const maxMacaroonBytes = 8192;

const VERSION = 2;
const SIGNATURE_BYTES = 32;

/**
 * The binary format, version 2: location, identifier, end; identifier and end for each caveat; end; signature.
 * @throws MacaroonError `macaroon.too-large`
 */
export function serializeMacaroon({ location, identifier, caveats, signature }: Macaroon): Uint8Array {
  const end = packet(packetTypes.end);
  const parts = [
    Uint8Array.of(VERSION),
    ...(location === '' ? [] : [bounded(packetTypes.location, utf8(location))]),
    bounded(packetTypes.identifier, utf8(identifier)),
    end,
    ...caveats.flatMap((caveat) => [bounded(packetTypes.identifier, utf8(caveat)), end]),
    end,
    packet(packetTypes.signature, signature),
  ];
  const bytes = concatBytes(...parts);
  if (bytes.length > maxMacaroonBytes) throw tooLarge(bytes.length);
  return bytes;
}

/**
 * The opposite of {@link serializeMacaroon}: one reading for each sequence of bytes, and one sequence of bytes for
 * each macaroon. Caveats that a third party would have to discharge are refused.
 * @throws MacaroonError `macaroon.malformed`
 */
export function parseMacaroon(bytes: Uint8Array): Macaroon {
  if (bytes.length > maxMacaroonBytes) throw malformed('it is too long');
  if (bytes[0] !== VERSION) throw malformed('its version is not 2');
  const reader = new PacketReader(bytes, 1);
  const { location, identifier } = header(reader.section());
  const caveats: string[] = [];
  for (let section = reader.section(); section.length > 0; section = reader.section()) {
    const [caveat, ...more] = section;
    if (caveat!.type !== packetTypes.identifier || more.length > 0)
      throw malformed('a caveat is not first-party');
    caveats.push(text(caveat!));
  }
  const { type, data: signature } = reader.next();
  if (type !== packetTypes.signature || signature.length !== SIGNATURE_BYTES) {
    throw malformed('it has no signature of 32 bytes');
  }
  if (!reader.isAtEnd) throw malformed('something follows the signature');
  return { location, identifier, caveats, signature: signature.slice() };
}

function header(section: readonly Packet[]): { location: string; identifier: string } {
  const hasLocation = section[0]?.type === packetTypes.location;
  const [identifier, ...more] = hasLocation ? section.slice(1) : section;
  if (identifier?.type !== packetTypes.identifier || more.length > 0) {
    throw malformed('its header is not location and identifier');
  }
  const location = hasLocation ? text(section[0]!) : '';
  if (hasLocation && location === '') throw malformed('its location is empty');
  return { location, identifier: text(identifier) };
}

function text({ data }: Packet): string {
  try {
    return fromUtf8(data);
  } catch (cause) {
    throw malformed('a text is not UTF-8', cause);
  }
}

function bounded(type: number, data: Uint8Array): Uint8Array {
  if (data.length > maxMacaroonBytes) throw tooLarge(data.length);
  return packet(type, data);
}

function tooLarge(bytes: number): MacaroonError<'macaroon.too-large'> {
  const details = { bytes, maxBytes: maxMacaroonBytes };
  return new MacaroonError('macaroon.too-large', 'the token would be too long to be read', details);
}
