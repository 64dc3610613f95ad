/** Python's `str.splitlines`. */
const LINE_ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** How a wheel's RECORD and its files differ (PEP 376, PEP 427). */
export interface RecordDifference {
  /** In the wheel, not in RECORD. */
  readonly unrecorded: readonly string[];
  /** In RECORD, not in the wheel. */
  readonly absent: readonly string[];
}

/**
 * Compares the paths of a RECORD with the files of its wheel; null when it is no text.
 * @param info the wheel's `.dist-info` folder; signatures of RECORD stand outside of it
 */
export function compareRecord(
  record: Uint8Array,
  files: readonly string[],
  info: string,
): RecordDifference | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(record);
  } catch {
    return null;
  }
  const exempt = [`${info}/RECORD.jws`, `${info}/RECORD.p7s`];
  const present = new Set(files.filter((name) => !exempt.includes(name)));
  const recorded = new Set(
    text
      .split(LINE_ENDS)
      .filter((line) => line !== '')
      .map((line) => firstField(line).replaceAll('\\', '/')),
  );
  return {
    unrecorded: [...present].filter((name) => !recorded.has(name)),
    absent: [...recorded].filter((name) => !present.has(name)),
  };
}

/** The path of a line of comma-separated values, with or without quotation marks. */
function firstField(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0]!;
  const quoted = /^"((?:[^"]|"")*)"?/.exec(line)![1]!;
  return quoted.replaceAll('""', '"');
}
