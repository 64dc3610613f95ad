import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { escapeHtml, renderIndexHtml, renderProjectHtml } from './simple-html.ts';
import { renderIndexJson } from './simple-index.ts';
import type { PageFile } from './simple-page.ts';

const file: PageFile = {
  filename: 'six-1.0.tar.gz',
  sha256: 'ab'.repeat(32),
  size: 10,
  uploadTime: '2023-11-14T22:13:20.000001Z',
  yanked: false,
};
const url = `../../packages/six/${file.sha256}/six-1.0.tar.gz#sha256=${file.sha256}`;
const render = (changes: Partial<PageFile> = {}, status: 'active' | 'quarantined' = 'active') =>
  renderProjectHtml({ name: 'six' as ProjectName, status, files: [{ ...file, ...changes }] });

describe('a project page in HTML', () => {
  it('is this', () => {
    expect(render()).toBe(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="pypi:repository-version" content="1.4">
<meta name="pypi:project-status" content="active">
<title>Links for six</title>
</head>
<body>
<h1>Links for six</h1>
<a href="${url}">six-1.0.tar.gz</a><br />
</body>
</html>
`);
  });

  it.each<[string, Partial<PageFile>, string]>([
    ['a Python version', { requiresPython: '>=3.8,<4' }, ' data-requires-python="&gt;=3.8,&lt;4"'],
    ['a yank', { yanked: true }, ' data-yanked=""'],
    ['an empty reason', { yanked: '' }, ' data-yanked=""'],
    ['a reason', { yanked: `<b>"it's" & bad` }, ' data-yanked="&lt;b&gt;&quot;it&#39;s&quot; &amp; bad"'],
    [
      'core metadata',
      { coreMetadataSha256: 'cd'.repeat(32) },
      ` data-dist-info-metadata="sha256=${'cd'.repeat(32)}" data-core-metadata="sha256=${'cd'.repeat(32)}"`,
    ],
    [
      'provenance',
      { provenanceSha256: 'ef'.repeat(32) },
      ` data-provenance="../../integrity/six/1.0/six-1.0.tar.gz/provenance#sha256=${'ef'.repeat(32)}"`,
    ],
  ])('states %s', (_what, changes, attributes) => {
    expect(render(changes)).toContain(`<a href="${url}"${attributes}>six-1.0.tar.gz</a>`);
  });

  it('of a quarantined project has no links', () => {
    expect(render({}, 'quarantined')).not.toContain('<a ');
  });

  it('states why a project has its status', () => {
    const html = renderProjectHtml({
      name: 'six' as ProjectName,
      status: 'archived',
      statusReason: 'a "b"',
      files: [],
    });
    expect(html).toContain('<meta name="pypi:project-status-reason" content="a &quot;b&quot;">');
  });
});

describe('the list of projects', () => {
  it('has links that work under any address', () => {
    expect(renderIndexHtml(['six', 'foo-bar'])).toContain(
      '<a href="six/">six</a><br />\n<a href="foo-bar/">foo-bar</a><br />\n',
    );
  });

  it('carries serials in JSON', () => {
    expect(JSON.parse(renderIndexJson(['six', { name: 'foo', lastSerial: 3 }], 7))).toEqual({
      meta: { 'api-version': '1.4', '_last-serial': 7 },
      projects: [{ name: 'six' }, { name: 'foo', '_last-serial': 3 }],
    });
  });
});

it('escapes everything that markup is made of', () => {
  expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
});
