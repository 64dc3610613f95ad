import type { Sql } from '@rind/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';
import { databaseFacts } from './status-queries.ts';

/** Tables that grow with the index or with its age. */
const growing = ['path', 'outbox', 'publication', 'applied_grant', 'audit', 'file', 'upload'];
const files = 20_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

let warehouse: WarehouseFixture;

beforeAll(async () => {
  warehouse = await startWarehouse();
  const { admin } = warehouse;
  await admin.query(
    `INSERT INTO signer.path (target_path, project, filename, state, length, sha256, sha512, blake2b256, uploaded_at, last_seq, bin, publication_id)
     SELECT 'packages/p/' || i, 'p', i::text, 'live', 1, '', '', '', '', i, 0, i FROM generate_series(1, ${files}) i`,
  );
  await admin.query(
    `INSERT INTO signer.publication (fence, kind, state, closed_at) SELECT 1, 'changes', 'closed', now() FROM generate_series(1, ${files})`,
  );
  await admin.query(
    `INSERT INTO signer.outbox (upload_id, target_path, envelope, state)
     SELECT gen_random_uuid(), 'packages/p/' || i, '', 'published' FROM generate_series(1, ${files}) i`,
  );
  await admin.query('ANALYZE');
});
afterAll(() => warehouse?.stop());

/** The growing tables that the statements behind a status read from beginning to end. */
async function readWhole(facts: (sql: Sql) => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const { admin } = warehouse;
  await facts({
    query: (text: string, values?: readonly unknown[]) => {
      statements.push(text);
      return admin.query(text, values as never);
    },
  } as Sql);
  const whole: string[] = [];
  const visit = (node: PlanNode): void => {
    const table = node['Relation Name'];
    if (node['Node Type'] === 'Seq Scan' && table !== undefined && growing.includes(table)) whole.push(table);
    for (const child of node.Plans ?? []) visit(child);
  };
  for (const statement of statements) {
    const { rows } = await admin.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `EXPLAIN (FORMAT JSON) ${statement}`,
    );
    for (const { Plan } of rows[0]!['QUERY PLAN']) visit(Plan);
  }
  expect(statements.length).toBeGreaterThan(0);
  return whole;
}

describe('The cost of a status', () => {
  it('does not grow with the number of files', async () => {
    expect(await readWhole(databaseFacts)).toEqual([]);
  });

  it('would if it counted them, which this test notices', async () => {
    const counting = async (sql: Sql): Promise<void> => {
      await databaseFacts(sql);
      await sql.query(`SELECT count(*) FROM signer.path WHERE state = 'live'`);
    };
    expect(await readWhole(counting)).toEqual(['path']);
  });
});
