import { describe, expect, it } from 'vitest';
import { differences, rowsOf, writeRows } from './compatibility.ts';
import type { Row } from './compatibility.ts';
import type { CellResult } from './report.ts';

const empty =
  '# Title\n\n<!-- Written by `npm run interop -- --write`, from here -->\n\n<!-- to here. -->\n\nAfter.\n';
const order = ['first', 'second'];

const row = (suite: string, operation: string, result = 'yes'): Row => ({
  suite,
  client: 'pip',
  version: '26.3',
  operation,
  result,
});

const written = writeRows(
  empty,
  [row('second', 'a | b'), row('first', 'longer than that')],
  new Set(order),
  order,
);

describe('the table of compatibility', () => {
  it('has a section for each suite, in their order, with columns of one width', () => {
    expect(written).toContain(
      [
        '### first',
        '',
        '| client | version | operation        | result |',
        '| ------ | ------- | ---------------- | ------ |',
        '| pip    | 26.3    | longer than that | yes    |',
        '',
        '### second',
      ].join('\n'),
    );
    expect(written.startsWith('# Title\n')).toBe(true);
    expect(written.endsWith('\nAfter.\n')).toBe(true);
  });

  it('is not changed by writing the same rows again', () => {
    expect(writeRows(written, [row('first', 'longer than that')], new Set(['first']), order)).toBe(written);
  });

  it('keeps the rows of suites that did not run, a bar in an operation included', () => {
    const again = writeRows(written, [row('first', 'another')], new Set(['first']), order);
    expect(differences(again, [row('second', 'a | b')], new Set(['second']), order)).toEqual([]);
  });

  it('has rows for what did not run, until it runs', () => {
    const three = [...order, 'third'];
    const unrun = [row('third', 'takes long', 'not run: slow')];
    const without = writeRows(written, [], new Set(), three, unrun);
    expect(differences(without, [], new Set(), three)).toEqual([]);
    const ran = writeRows(without, [row('third', 'takes long')], new Set(['third']), three, unrun);
    expect(differences(ran, [row('third', 'takes long')], new Set(['third']), three)).toEqual([]);
    expect(writeRows(ran, [], new Set(), three, unrun)).toBe(ran);
  });

  it('loses the rows of a suite that is no longer there', () => {
    expect(writeRows(written, [], new Set(), ['second'])).not.toContain('first');
  });

  it.each<[string, readonly Row[], readonly string[], number]>([
    ['the same rows', [row('first', 'longer than that')], ['first'], 0],
    ['rows of another suite, which did not run', [], [], 0],
    ['a row less', [], ['first'], 1],
    ['a row more', [row('first', 'longer than that'), row('first', 'new')], ['first'], 1],
    ['another result', [row('first', 'longer than that', 'not run: go.missing')], ['first'], 2],
    ['another version', [{ ...row('first', 'longer than that'), version: '27' }], ['first'], 2],
  ])('differs from a run with %s as it should', (_name, rows, ran, count) => {
    expect(differences(written, rows, new Set(ran), order)).toHaveLength(count);
  });

  it('differs when a suite has no rows, or has rows and is no longer there', () => {
    expect(differences(written, [], new Set(), [...order, 'third'])).toHaveLength(1);
    expect(differences(written, [], new Set(), ['first'])).toHaveLength(1);
  });

  it('needs a place in the document', () => {
    expect(() => differences('# Title\n', [], new Set(), order)).toThrow();
  });
});

describe('the rows of a run', () => {
  const cell: CellResult = {
    ...{ suite: 'first', client: 'http', version: '24.1.0', operation: 'reads' },
    ...{ result: 'passed', ms: 3, reason: '' },
  };

  it('are those of cells that passed or were skipped, the latter with the code of the reason', () => {
    const rows = rowsOf([
      { ...cell, client: 'pip', version: '26.3' },
      { ...cell, result: 'failed', reason: 'broken' },
      { ...cell, client: 'go-tuf', version: '2.4.2', result: 'skipped', reason: 'go.missing: no go: none' },
    ]);
    expect(rows.map(({ client, version, result }) => [client, version, result])).toEqual([
      ['pip', '26.3', 'yes'],
      ['go-tuf', '2.4.2', 'not run: go.missing'],
    ]);
  });

  it('do not depend on the version of this program', () => {
    expect(rowsOf([cell])[0]?.version).toBe('');
  });
});
