import type { CellResult } from './report.ts';

/** One row of the table in `docs/compatibility.md`: what a run found, without how long it took. */
export type Row = Pick<CellResult, 'suite' | 'client' | 'version' | 'operation'> & {
  /** `yes`, or `not run: ` and the code of the reason. */
  readonly result: string;
};

const begin = '<!-- Written by `npm run interop -- --write`, from here -->';
const end = '<!-- to here. -->';
const header = ['client', 'version', 'operation', 'result'];

/** Cells that failed have no row: a table is written of what holds. */
export function rowsOf(results: readonly CellResult[]): readonly Row[] {
  return results
    .filter(({ result }) => result !== 'failed')
    .map(({ suite, client, version, operation, result, reason }) => ({
      suite,
      client,
      // Our own fetches are no client that anybody would look up.
      version: client === 'http' ? '' : version,
      operation,
      result: result === 'passed' ? 'yes' : `not run: ${reason.split(':')[0] ?? ''}`,
    }));
}

/**
 * The document with the rows of a run in place of those that it had for the same suites.
 * @param order every suite there is, in the order of the document; a suite that is no longer there loses its rows
 * @param unrun rows for suites that have none and did not run
 */
export function writeRows(
  document: string,
  rows: readonly Row[],
  ran: ReadonlySet<string>,
  order: readonly string[],
  unrun: readonly Row[] = [],
): string {
  const { before, table, after } = parts(document);
  const kept = parseRows(table).filter(({ suite }) => !ran.has(suite));
  const written = new Set([...kept, ...rows].map(({ suite }) => suite));
  const all = [...kept, ...rows, ...unrun.filter(({ suite }) => !written.has(suite))];
  const sections = order.flatMap((suite) => {
    const own = all.filter((row) => row.suite === suite);
    return own.length === 0 ? [] : [section(suite, own)];
  });
  return `${before}${begin}\n\n${sections.join('\n')}\n${end}${after}`;
}

/**
 * What the document says of the suites that ran, compared with the run, and the suites of which it says nothing.
 * @returns one line for each difference; none: the document holds
 */
export function differences(
  document: string,
  rows: readonly Row[],
  ran: ReadonlySet<string>,
  order: readonly string[],
): readonly string[] {
  const all = parseRows(parts(document).table);
  const said = all.filter(({ suite }) => ran.has(suite)).map(lineOf);
  const found = rows.map(lineOf);
  const written = new Set(all.map(({ suite }) => suite));
  return [
    ...said.filter((line) => !found.includes(line)).map((line) => `no longer so: ${line}`),
    ...found.filter((line) => !said.includes(line)).map((line) => `not written: ${line}`),
    ...order.filter((suite) => !written.has(suite) && !ran.has(suite)).map((suite) => `no rows: ${suite}`),
    ...[...written].filter((suite) => !order.includes(suite)).map((suite) => `no such suite: ${suite}`),
  ];
}

function lineOf({ suite, client, version, operation, result }: Row): string {
  return [suite, client, version, operation, result].join(' | ');
}

function parts(document: string): { before: string; table: string; after: string } {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error('the document has no place for the table');
  return {
    before: document.slice(0, from),
    table: document.slice(from + begin.length, to),
    after: document.slice(to + end.length),
  };
}

/** A heading and a table, aligned as the formatter of the documents wants them. */
function section(suite: string, rows: readonly Row[]): string {
  const cells = rows.map(({ client, version, operation, result }) =>
    [client, version, operation, result].map((cell) => cell.replaceAll('|', '\\|')),
  );
  const widths = header.map((title, column) =>
    Math.max(...[title, ...cells.map((row) => row[column] ?? '')].map(({ length }) => length)),
  );
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [`### ${suite}`, '', line(header), line([], '-'), ...cells.map((row) => line(row)), ''].join('\n');
}

function parseRows(table: string): readonly Row[] {
  const rows: Row[] = [];
  let suite = '';
  for (const line of table.split('\n')) {
    if (line.startsWith('### ')) suite = line.slice(4).trim();
    if (!line.startsWith('| ') || /^\| (?:-|client )/.test(line)) continue;
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    const [client = '', version = '', operation = '', result = ''] = cells.map((cell) =>
      cell.trim().replaceAll('\\|', '|'),
    );
    rows.push({ suite, client, version, operation, result });
  }
  return rows;
}
