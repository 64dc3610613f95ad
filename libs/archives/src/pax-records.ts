import { utf8Name } from './member-name.ts';
import { tarRefused } from './tar-reasons.ts';

/** What an extended header changes in the member that follows. */
export interface PaxChanges {
  readonly path?: string;
  readonly linkPath?: string;
  readonly size?: number;
}

/**
 * The records of a pax header, `length key=value\n` each (POSIX.1-2001 "pax Extended Header").
 * @throws ArchiveError `archive.tar-refused`
 */
export function parsePaxRecords(data: Buffer): PaxChanges {
  let changes: PaxChanges = {};
  for (const [key, value] of paxRecords(data)) {
    if (key.startsWith('GNU.sparse.')) throw tarRefused('sparse');
    if (key === 'hdrcharset') throw tarRefused('malformed');
    if (key === 'path') changes = { ...changes, path: value };
    if (key === 'linkpath') changes = { ...changes, linkPath: value };
    if (key === 'size') {
      const size = /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
      if (size === null) throw tarRefused('malformed');
      changes = { ...changes, size };
    }
  }
  return changes;
}

/** Of all members that follow; whatever changes names or lengths has no place there. */
export function checkGlobalPaxRecords(data: Buffer): void {
  if (Object.keys(parsePaxRecords(data)).length > 0) throw tarRefused('malformed');
}

function* paxRecords(data: Buffer): Generator<readonly [key: string, value: string]> {
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? '' : data.toString('latin1', at, space);
    const end = at + Number(digits);
    if (
      !/^[1-9][0-9]{0,9}$/.test(digits) ||
      end > data.length ||
      data[end - 1] !== 0x0a ||
      end <= space + 1
    ) {
      throw tarRefused('malformed');
    }
    const record = utf8Name(data.subarray(space + 1, end - 1));
    const equals = record?.indexOf('=') ?? -1;
    if (record === null) throw tarRefused('name-not-unicode');
    if (equals < 1) throw tarRefused('malformed');
    yield [record.slice(0, equals), record.slice(equals + 1)];
    at = end;
  }
}
