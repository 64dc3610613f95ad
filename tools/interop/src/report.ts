/** One thing that a client has to be able to do, or has to refuse. */
export interface CellResult {
  readonly suite: string;
  readonly client: string;
  readonly version: string;
  readonly operation: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  /** Why it failed or was skipped; empty when it passed. */
  readonly reason: string;
}

/** Thrown by a cell that cannot run here. It is skipped only if `allowedSkips` has the code, else it failed. */
export class CannotRun extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Collects cells and says how it went. */
export class Report {
  private readonly results: CellResult[] = [];
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  add(cell: CellResult): void {
    this.results.push(cell);
    const { client, version, operation, result, ms, reason } = cell;
    this.say(`  ${marks[result]} ${client} ${version}: ${operation} (${Math.round(ms)} ms)`);
    if (reason !== '') this.say(reason.replace(/^/gm, '      '));
  }

  /** The cells of another, in their order and without a word. */
  take(other: Report): void {
    this.results.push(...other.results);
  }

  get counts(): Readonly<Record<CellResult['result'], number>> {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const { result } of this.results) counts[result] += 1;
    return counts;
  }

  /** True only if something ran and nothing failed. */
  get held(): boolean {
    return this.counts.failed === 0 && this.counts.passed > 0;
  }

  /** The table of all cells, then the counts alone on the last line. */
  lines(): readonly string[] {
    const header = ['suite', 'client', 'version', 'operation', 'result', 'ms'];
    const rows = this.results.map((cell) => [
      cell.suite,
      cell.client,
      cell.version,
      cell.operation,
      cell.result,
      `${Math.round(cell.ms)}`,
    ]);
    const { passed, failed, skipped } = this.counts;
    return [...table([header, ...rows]), '', `${passed} passed, ${failed} failed, ${skipped} skipped`];
  }

  toJSON(): readonly CellResult[] {
    return this.results;
  }
}

const marks = { passed: '✓', failed: '✗', skipped: '–' } as const;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
