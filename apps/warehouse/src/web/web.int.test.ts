import { utf8 } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
let sha256: string;
beforeAll(async () => {
  warehouse = await startWarehouse();
  const signer = new StandInSigner(warehouse.admin, warehouse.store);
  const sent = upload({ project: 'Demo.Pkg', content: utf8('demo') }, warehouse.clock.nowMs());
  sha256 = sent.sha256;
  await sendUpload(warehouse.url, sent.body);
  await signer.publish();
  await sendUpload(warehouse.url, upload({ project: 'unpublished' }, warehouse.clock.nowMs()).body);
});
afterAll(() => warehouse.stop());

const get = (path: string) => send(`${warehouse.url}${path}`);

describe('the web pages', () => {
  it.each(['/', '/project/demo-pkg/', '/project/unknown/'])(
    '%s runs no script and loads nothing from elsewhere',
    async (path) => {
      const { headers } = await get(path);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      );
      expect(headers['set-cookie']).toBeUndefined();
    },
  );

  it('show what is published and not what waits', async () => {
    const page = (await get('/')).text();
    expect(page).toContain('<a href="/project/demo-pkg/">demo-pkg</a>');
    expect(page).not.toContain('unpublished');
  });

  it('show a project’s files with what they are checked by', async () => {
    const answer = await get('/project/demo-pkg/');
    expect(answer.status).toBe(200);
    const page = answer.text();
    expect(page).toContain(
      `<a href="/packages/demo-pkg/${sha256}/demo_pkg-1.0.tar.gz">demo_pkg-1.0.tar.gz</a>`,
    );
    expect(page).toContain(`<code>${sha256}</code>`);
    expect(page).toMatch(/<code>bin-[0-9a-f]<\/code>/);
  });

  it('move to the normal form of a name', async () => {
    const answer = await get('/project/Demo_Pkg/');
    expect([answer.status, answer.headers.location]).toEqual([301, '/project/demo-pkg/']);
  });

  it('say that a project does not exist, in safe words', async () => {
    const answer = await get(`/project/${encodeURIComponent('<script>x')}/`);
    expect([answer.status, answer.text().includes('<script>')]).toEqual([404, false]);
    expect(answer.text()).toContain('&lt;script&gt;x');
  });

  it('have one main heading and a language', async () => {
    for (const path of ['/', '/project/demo-pkg/']) {
      const page = (await get(path)).text();
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page).toContain('<html lang="en">');
    }
  });
});
