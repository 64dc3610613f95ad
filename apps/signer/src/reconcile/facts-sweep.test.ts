import type { Sql } from '@rind/database';
import { describe, expect, it } from 'vitest';
import { differences, FactsSweep } from './facts-sweep.ts';
import type { SweptRow } from './facts-sweep.ts';

const uploadedAt = '2026-01-01T00:00:00.123999Z';

function rowOf(over: Partial<SweptRow> = {}): SweptRow {
  return {
    target_path: 'packages/demo/demo-1.tar.gz',
    project: 'demo',
    sha256: 'a',
    length: '3',
    requires_python: '>=3.8',
    uploaded_at: uploadedAt,
    uploaded_ms: String(Date.parse(uploadedAt)),
    file_sha256: 'a',
    file_length: '3',
    file_requires_python: '>=3.8',
    ...over,
  };
}

/** Answers the rows above the position, as the database would. */
function tableOf(rows: readonly SweptRow[]): Sql {
  return {
    query: async <Row extends object>(_text: string, values: readonly unknown[] = []) => {
      const [position, limit] = values as [string, number];
      const found = rows.filter(({ target_path }) => target_path > position).slice(0, limit);
      return { rows: found as unknown as Row[], rowCount: found.length };
    },
  };
}

describe('what the warehouse’s row says otherwise than the grant', () => {
  it.each<[string, Partial<SweptRow>, string[]]>([
    ['nothing', {}, []],
    ['the hash', { file_sha256: 'b' }, ['sha256']],
    ['the length', { file_length: '4' }, ['length']],
    ['what Python it needs', { file_requires_python: '>=3.9' }, ['requiresPython']],
    ['that it needs no Python', { file_requires_python: null }, ['requiresPython']],
    ['that it needs some Python', { requires_python: null }, ['requiresPython']],
    ['nothing of Python, as was granted', { requires_python: null, file_requires_python: null }, []],
    ['the time', { uploaded_ms: String(Date.parse(uploadedAt) + 1) }, ['uploadedAt']],
    ['that it has no time', { uploaded_ms: null }, ['uploadedAt']],
    ['several things', { file_sha256: 'b', file_length: '4' }, ['sha256', 'length']],
  ])('%s', (_name, over, expected) => {
    expect(differences(rowOf(over))).toEqual(expected);
  });
});

describe('the sweep', () => {
  const named = (n: number, over: Partial<SweptRow> = {}): SweptRow =>
    rowOf({ target_path: `packages/demo/${n}`, ...over });
  const gone: Partial<SweptRow> = {
    file_sha256: null,
    file_length: null,
    file_requires_python: null,
    uploaded_ms: null,
  };

  it('goes round and round in slices, and reports each path once', async () => {
    const rows = [named(1), named(2, gone), named(3), named(4, { file_length: '4' }), named(5)];
    const sweep = new FactsSweep(tableOf(rows), 2);
    const found: string[][] = [];
    for (let round = 0; round < 6; round++) {
      found.push((await sweep.next()).map(({ event, target }) => `${event} ${target}`));
    }
    expect(found).toEqual([
      ['row.vanished packages/demo/2'],
      ['grant.mismatch packages/demo/4'],
      [],
      [],
      [],
      [],
    ]);
  });

  it('reports a row that changed and then vanished twice', async () => {
    const rows = [named(1, { file_length: '4' })];
    const sweep = new FactsSweep(tableOf(rows));
    expect((await sweep.next()).map(({ event }) => event)).toEqual(['grant.mismatch']);
    rows[0] = named(1, gone);
    expect((await sweep.next()).map(({ event }) => event)).toEqual(['row.vanished']);
  });
});
