import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import type { Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

const fields = [
  ['summary', 'A <b>demonstration</b>'],
  ['author', 'Ann Author'],
  ['keywords', 'flapping wings'],
  ['classifiers', 'Programming Language :: Python :: 3'],
  ['project_urls', 'Source, https://example.org/src?a=1&b="2"'],
  ['project_urls', 'Evil, http:evil'],
  ['requires_dist', 'attrs>=20'],
] as const;

let warehouse: WarehouseFixture;
let signer: StandInSigner;
let sha256: string;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
  sha256 = await put({ project: 'Demo.Pkg', fields });
  await put({ project: 'Demo.Pkg', version: '0.9' });
  await put({ project: 'Demo.Pkg', version: '2.0rc1' });
  await put({ project: 'http-tools', fields: [['summary', 'Requests for parrots']] });
  await signer.publish();
  await sendUpload(warehouse.url, upload({ project: 'unpublished' }, warehouse.clock.nowMs()).body);
});
afterAll(() => warehouse.stop());

async function put(wanted: Wanted): Promise<string> {
  const made = upload(wanted, warehouse.clock.nowMs());
  expect((await sendUpload(warehouse.url, made.body)).status).toBe(200);
  return made.sha256;
}

const get = (path: string) => send(`${warehouse.url}${path}`);

describe('the web pages', () => {
  it.each([
    '/',
    '/project/demo-pkg/',
    '/project/demo-pkg/0.9/',
    '/project/unknown/',
    '/search/?q=demo',
    '/state/',
  ])('%s runs no script and loads nothing from elsewhere', async (path) => {
    const { headers } = await get(path);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('show what is published and not what waits', async () => {
    const page = (await get('/')).text();
    expect(page).toContain('<a href="/project/demo-pkg/">Demo.Pkg</a>');
    expect(page).not.toContain('unpublished');
  });

  it('show a project’s files with what they are checked by', async () => {
    const answer = await get('/project/demo-pkg/');
    expect(answer.status).toBe(200);
    const page = answer.text();
    expect(page).toContain(
      `<a href="/packages/demo-pkg/${sha256}/demo_pkg-1.0.tar.gz">demo_pkg-1.0.tar.gz</a>`,
    );
    expect(page).toContain(`<code class="hash">${sha256}</code>`);
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
    for (const path of ['/', '/project/demo-pkg/', '/search/?q=demo', '/state/']) {
      const page = (await get(path)).text();
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page).toContain('<html lang="en">');
    }
  });

  it('show the latest release, and any other under its own address', async () => {
    const latest = (await get('/project/demo-pkg/')).text();
    expect(latest).toContain('<h1>Demo.Pkg 1.0</h1>');
    expect(latest).toContain('demo-pkg</code>');
    const older = (await get('/project/demo-pkg/0.9/')).text();
    expect(older).toContain('<h1>Demo.Pkg 0.9</h1>');
    expect(older).toContain('demo-pkg==0.9</code>');
    expect(older).not.toContain('demo_pkg-1.0.tar.gz');
    for (const page of [latest, older]) {
      for (const version of ['0.9', '1.0', '2.0rc1']) expect(page).toContain(`/project/demo-pkg/${version}/`);
    }
  });

  it.each([
    ['/project/demo-pkg/v0.9/', '/project/demo-pkg/0.9/'],
    ['/project/demo-pkg/0.9.0/', '/project/demo-pkg/0.9/'],
    ['/project/Demo-Pkg/0.9/', '/project/demo-pkg/0.9/'],
  ])('move from %s to %s', async (path, location) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.location]).toEqual([301, location]);
  });

  it.each(['/project/demo-pkg/7/', '/project/demo-pkg/x/', '/project/unknown/1/'])(
    'have no %s',
    async (path) => {
      const { status, headers } = await get(path);
      expect([status, headers['x-rind-error']]).toEqual([404, 'release.not-found']);
    },
  );

  it('show what authors say as text, and link to the web only', async () => {
    const page = (await get('/project/demo-pkg/')).text();
    expect(page).toContain('A &lt;b&gt;demonstration&lt;/b&gt;');
    expect(page).toContain(
      '<a href="https://example.org/src?a=1&amp;b=&quot;2&quot;" rel="nofollow ugc noopener">Source</a>',
    );
    expect(page).not.toContain('http:evil');
    for (const text of [
      'Ann Author',
      'Programming Language :: Python :: 3',
      '<strong>attrs</strong> &gt;=20',
    ]) {
      expect(page).toContain(text);
    }
  });
});

describe('search', () => {
  const found = async (question: string, page = ''): Promise<string[]> => {
    const text = (await get(`/search/?q=${encodeURIComponent(question)}${page}`)).text();
    return [...text.matchAll(/<li>\s*<a href="\/project\/([^/]+)\/">/g)].map(([, name]) => name!);
  };
  const settled = (project: string) =>
    vi.waitFor(async () => expect(await found(project)).toContain(project), {
      timeout: 20_000,
      interval: 100,
    });

  beforeAll(() => settled('http-tools'));

  it.each([
    ['its name', 'demo-pkg', 'demo-pkg'],
    ['another spelling of it', 'Demo_Pkg', 'demo-pkg'],
    ['a part of its name', 'tools', 'http-tools'],
    ['a name with a slip', 'htpp-tools', 'http-tools'],
    ['a word of its summary', 'parrot', 'http-tools'],
    ['a keyword in another form', 'flaps', 'demo-pkg'],
    ['a classifier', 'programming', 'demo-pkg'],
  ])('finds a project by %s', async (_what, question, project) => {
    expect(await found(question)).toContain(project);
  });

  it.each([
    ['nothing like it', 'zzzzqqqq'],
    ['nothing', ''],
    ['blanks', '   '],
    ['operators alone', '& | ! ( )'],
    ['quotes that do not end', '"demo pkg" "'],
    ['NUL and half a pair', '\0\ud800'.toWellFormed()],
    ['more than fits', 'x '.repeat(1_000)],
  ])('answers a question of %s', async (_what, question) => {
    const answer = await get(`/search/?q=${encodeURIComponent(question)}`);
    expect(answer.status).toBe(200);
  });

  it.each(['&page=0', '&page=-1', '&page=x', '&page=1e9', '&page=2&page=3'])(
    'takes %s for a page that there is',
    async (page) => expect((await get(`/search/?q=demo${page}`)).status).toBe(200),
  );

  it('escapes the question', async () => {
    const page = (await get(`/search/?q=${encodeURIComponent('"><script>')}`)).text();
    expect(page).not.toContain('<script>');
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it('puts the very name first, shows 20 a page, and leaves out what is quarantined or waits', async () => {
    for (let i = 0; i < 22; i++) await put({ project: `widget-${i}`, fields: [['summary', 'One widget']] });
    await put({ project: 'widget', fields: [['summary', 'Not the best match of words']] });
    await put({ project: 'widget-bad' });
    await signer.publish();
    await settled('widget-9');
    await signer.changeProject('widget-bad', 'quarantined');
    await put({ project: 'widget-waits' });
    const first = await found('widget');
    const second = await found('widget', '&page=2');
    expect(first[0]).toBe('widget');
    expect([first.length, second.length]).toEqual([20, 3]);
    expect(new Set([...first, ...second]).size).toBe(23);
  });

  it('follows a new release', async () => {
    await put({ project: 'http-tools', version: '2.0', fields: [['summary', 'Answers for cockatoos']] });
    await signer.publish();
    await expect.poll(async () => found('cockatoos'), { timeout: 20_000 }).toEqual(['http-tools']);
    expect(await found('parrots')).toEqual([]);
  });
});

describe('the feeds', () => {
  it.each(['/rss/updates.xml', '/rss/packages.xml', '/rss/project/demo-pkg/releases.xml'])(
    '%s is RSS',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'application/rss+xml; charset=utf-8',
      ]);
      expect(answer.text()).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<rss version="2.0">/);
    },
  );

  it('name what was published, newest first', async () => {
    await put({ project: 'fresh', version: '3.1', fields: [['summary', 'New & shiny']] });
    await signer.publish();
    await put({ project: 'not-yet' });
    const updates = (await get('/rss/updates.xml')).text();
    expect(/<item>\s*<title>([^<]*)<\/title>/.exec(updates)?.[1]).toBe('fresh 3.1');
    expect(updates).toContain('/project/fresh/3.1/</link>');
    expect(updates).toContain('<description>New &amp; shiny</description>');
    expect(updates).not.toContain('not-yet');
    await expect
      .poll(async () => (await get('/rss/packages.xml')).text(), { timeout: 20_000 })
      .toContain('fresh added');
  });

  it('of a project list its releases', async () => {
    const feed = (await get('/rss/project/demo-pkg/releases.xml')).text();
    expect([...feed.matchAll(/<item>\s*<title>([^<]*)</g)].map(([, title]) => title)).toEqual([
      '2.0rc1',
      '1.0',
      '0.9',
    ]);
  });

  it('exist for published projects only', async () => {
    expect((await get('/rss/project/not-yet/releases.xml')).status).toBe(404);
    expect((await get('/rss/project/Demo.Pkg/releases.xml')).headers.location).toBe(
      '/rss/project/demo-pkg/releases.xml',
    );
  });
});
