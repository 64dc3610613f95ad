import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { renderDescription } from './render-description.ts';

interface Node {
  readonly name?: string;
  readonly data?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

const nodesOf = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => [node, ...nodesOf(node.children ?? [])]);

async function read(text: string, contentType: string | null) {
  const { html, format } = await renderDescription(text, contentType);
  const nodes = nodesOf(parseDocument(html).children as Node[]);
  return {
    format,
    find: (name: string) => nodes.filter((node) => node.name === name),
    text: nodes.map((node) => node.data ?? '').join(''),
  };
}

describe('Markdown', () => {
  it('has headings that the description itself can lead to', async () => {
    const { find } = await read('# One, two\n\n# One, two\n\n[up](#one-two)', 'text/markdown');
    expect(find('h1').map((each) => each.attribs?.['id'])).toEqual([
      'user-content-one-two',
      'user-content-one-two-1',
    ]);
    expect(find('a')[0]?.attribs).toEqual({ href: '#user-content-one-two', rel: 'nofollow ugc' });
  });

  it('has tables, struck text and tasks as GitHub has them', async () => {
    const { find, text } = await read(
      '|a|b|\n|:-:|-|\n|1|2|\n\n~~x~~\n\n- [x] y\n- [ ] z\n',
      'text/markdown',
    );
    expect(find('td').map((each) => each.attribs)).toEqual([{ align: 'center' }, {}]);
    expect(find('s')).toHaveLength(1);
    expect(text).toContain('☑ y');
    expect(text).toContain('☐ z');
  });

  it('has none of that in CommonMark', async () => {
    const { find, text } = await read('|a|\n|-|\n\n- [x] y\n', 'text/markdown; variant="CommonMark"');
    expect(find('table')).toEqual([]);
    expect(text).toContain('[x] y');
  });

  it('may contain harmless HTML', async () => {
    const { find } = await read(
      '<p align="center"><b>x</b></p>\n\n<details><summary>x</summary>y</details>',
      'text/markdown',
    );
    expect(find('p')[0]?.attribs).toEqual({ align: 'center' });
    expect(find('details')).toHaveLength(1);
  });

  it.each(['![the logo](docs/logo.png)', '[![the logo](https://a.example/x.png)](https://b.example)'])(
    'tells what an image would show, and loads none: %s',
    async (source) => {
      const { find, text } = await read(source, 'text/markdown');
      expect([find('img'), text.trim()]).toEqual([[], 'the logo']);
    },
  );

  it('keeps the language of code', async () => {
    const { find } = await read('```python\nx < 1\n```', 'text/markdown');
    expect(find('code')[0]?.attribs).toEqual({ class: 'language-python' });
  });
});

describe('reStructuredText', () => {
  const readme = [
    ['Title', '=====', '', '.. image:: https://a.example/x.svg', '   :target: https://b.example', ''],
    ['A `link <https://c.example>`_, *emphasis* and ``code``.', '', '* one', '* two', ''],
    [
      '.. code-block:: python',
      '',
      '   print("<hi>")',
      '',
      '=== ===',
      'a   b',
      '=== ===',
      '1   2',
      '=== ===',
      '',
    ],
  ];

  it.each(['text/x-rst', 'text/x-rst; charset=UTF-8', null])('is rendered as %j', async (contentType) => {
    const { format, find, text } = await read(readme.flat().join('\n'), contentType);
    expect(format).toBe('rst');
    expect(['h1', 'em', 'code', 'li', 'pre', 'td'].map((name) => find(name).length)).toEqual([
      1, 1, 1, 2, 1, 2,
    ]);
    expect(find('a').map((each) => each.attribs?.['href'])).toEqual([
      'https://b.example',
      'https://c.example',
    ]);
    expect(text).toContain('print("<hi>")');
  });

  it.each([
    ['a directive that nobody knows', 'x\n\n.. automodule:: os\n'],
    ['a role that nobody knows', 'see :meth:`foo`\n'],
    ['a file of the server', '.. include:: /etc/passwd\n'],
    ['nothing that could be seen', '.. a comment\n'],
  ])('with %s is shown as plain text', async (_what, text) => {
    const shown = await read(text, null);
    expect([shown.format, shown.text]).toEqual(['plain', text]);
  });
});

describe('plain text', () => {
  it.each(['text/plain', 'text/plain; charset=UTF-8', 'application/json', ''])(
    'is what %j is',
    async (type) => {
      const { format, find, text } = await read('a\n  <b>\n', type);
      expect([format, find('pre').length, text]).toEqual(['plain', 1, 'a\n  <b>\n']);
    },
  );
});
