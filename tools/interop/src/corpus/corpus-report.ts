import type { ListedDistribution } from './listed-distribution.ts';
import type { StatedFacts } from './stated-facts.ts';

/** How one real file fared. */
export interface CorpusRow {
  readonly listed: ListedDistribution;
  readonly stated: StatedFacts;
  readonly result: { readonly held: true } | { readonly refused: string } | { readonly failed: string };
}

/** The document of a run: what came out as it went in, and what is refused with which code. */
export function corpusDocument(rows: readonly CorpusRow[]): string {
  const held = rows.filter(({ result }) => 'held' in result);
  const refused = rows.filter(({ result }) => 'refused' in result);
  const lines = [
    '# Corpus',
    '',
    'Written by `npm run corpus`: real distributions of well-known projects, pinned by their SHA-256, go in by twine. Those below come out byte for byte by pip, and the simple page (hashes, size, Requires-Python), the core metadata (PEP 658) and PyPI’s JSON (digests, size, kind, name, version, summary, description, keywords, people, licence, project URLs, classifiers, requirements, extras, dynamic fields) say of each what the file says of itself, as Python’s own `zipfile`, `tarfile` and `email` read it. Metadata 2.0 was never a standard: twine does not read it, so those files are sent as a form of what they state.',
    '',
    `${held.length} of ${rows.length} files are taken, of ${projects(held)} projects.`,
    '',
    '## Taken',
    '',
    ...table(
      ['file', 'bytes', 'metadata version', 'kind'],
      held.map(({ listed, stated }) => [
        `\`${listed.filename}\``,
        String(stated.size),
        stated.metadata['metadata-version']?.[0] ?? '',
        listed.kind,
      ]),
    ),
    '',
    '## Refused',
    '',
    ...(refused.length === 0
      ? ['None of them.']
      : table(
          ['file', 'metadata version', 'code'],
          refused.map(({ listed, stated, result }) => [
            `\`${listed.filename}\``,
            stated.metadata['metadata-version']?.[0] ?? '',
            `\`${'refused' in result ? result.refused : ''}\``,
          ]),
        )),
    '',
  ];
  return lines.join('\n');
}

function projects(rows: readonly CorpusRow[]): number {
  return new Set(rows.map(({ listed }) => listed.requirement.split('==')[0])).size;
}

/** A table as prettier leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((text, column) =>
    Math.max(text.length, 3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
