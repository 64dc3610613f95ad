import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';
import { Descriptions } from './descriptions.ts';
import type { DescriptionLimits } from './descriptions.ts';

const limits: DescriptionLimits = {
  threads: 1,
  maxQueue: 8,
  timeoutMs: 60_000,
  maxHeapMebibytes: 256,
  maxLength: 100_000,
};

let warehouse: WarehouseFixture;
let sql: Pool;
const opened: Descriptions[] = [];

beforeAll(async () => {
  warehouse = await startWarehouse();
  sql = openPool(warehouse.config.databaseUrl, { max: 4, name: 'test' });
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await sql?.close();
  await warehouse?.stop();
});

/** Counts what is rendered, since only that is observed. */
function descriptions(changes: Partial<DescriptionLimits> = {}) {
  let rendered = 0;
  const metrics = { histogram: () => ({ observe: () => void rendered++ }) };
  const made = new Descriptions({ sql, limits: { ...limits, ...changes }, metrics: metrics as never });
  opened.push(made);
  return { show: made.show.bind(made), count: () => rendered };
}

const kept = async (html: string): Promise<number> =>
  (await sql.query(`SELECT 1 FROM warehouse.rendered_description WHERE html = $1`, [html])).rows.length;

describe('a description', () => {
  it('is rendered once for all who look at once, and kept', async () => {
    const { show, count } = descriptions();
    const text = { text: '# One\n\n<script>alert(1)</script>', contentType: 'text/markdown' };
    const shown = await Promise.all(Array.from({ length: 5 }, () => show(text)));
    const [first] = shown;
    expect(first).toEqual({ html: '<h1 id="user-content-one">One</h1>\n', format: 'markdown' });
    expect(shown).toEqual(Array.from({ length: 5 }, () => first));
    expect([count(), await kept(first!.html)]).toEqual([1, 1]);
  });

  it('is not rendered again by the next process', async () => {
    const text = { text: 'Title\n=====\n\nx\n', contentType: null };
    const first = await descriptions().show(text);
    const next = descriptions();
    expect([await next.show(text), next.count(), first.format]).toEqual([first, 0, 'rst']);
  });

  it('is another one in another type', async () => {
    const { show } = descriptions();
    const types = ['text/markdown', 'text/x-rst', 'text/plain'];
    const formats = await Promise.all(
      types.map(async (contentType) => (await show({ text: '*x*\n', contentType })).format),
    );
    expect(formats).toEqual(['markdown', 'rst', 'plain']);
  });

  it('that takes too long is shown as it stands, from now on', async () => {
    const text = { text: `${'*a '.repeat(30_000)}\n`, contentType: 'text/markdown' };
    const { show } = descriptions({ timeoutMs: 1 });
    const shown = await show(text);
    expect([shown.format, await kept(shown.html)]).toEqual(['plain', 1]);
  });

  it('that is longer than any that is read is shown as it stands', async () => {
    const { show, count } = descriptions();
    const shown = await show({ text: '<'.repeat(100_001), contentType: 'text/markdown' });
    expect([shown.format, shown.html.startsWith('<pre>&lt;'), count()]).toEqual(['plain', true, 0]);
  });

  it('with characters that the database does not take is shown too', async () => {
    const shown = await descriptions().show({ text: 'a \ud800 b \u0001\n', contentType: 'text/markdown' });
    expect(shown.format).toBe('markdown');
  });
});
