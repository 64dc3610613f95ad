import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('the html template', () => {
  it('lets no value out of its place', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const { text } = html`<a title="${value}">${value}</a>`;
        const [, attribute, content] = /^<a title="([^"<>]*)">([^<>]*)<\/a>$/s.exec(text) ?? [];
        const back = (escaped: string | undefined) =>
          escaped?.replace(
            /&(?:amp|lt|gt|quot|#39);/g,
            (entity) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" })[entity]!,
          );
        expect([back(attribute), back(content)]).toEqual([value, value]);
      }),
    );
  });

  it('keeps markup that it made', () => {
    const items = ['<a>', 'b'].map((item) => html`<i>${item}</i>`);
    expect(html`<b>${items}</b>${1}`.text).toBe('<b><i>&lt;a&gt;</i><i>b</i></b>1');
  });
});
