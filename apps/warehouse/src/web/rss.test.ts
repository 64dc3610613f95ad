import { describe, expect, it } from 'vitest';
import { renderFeed } from './rss.ts';

const feed = (title: string, description = ''): string =>
  renderFeed({
    title: 'Feed',
    link: 'http://index.test/',
    description: '',
    items: [{ title, link: 'http://index.test/x/', description, at: new Date(0) }],
  });

describe('a feed', () => {
  it('has items with title, link, identity and date', () => {
    expect(feed('one 1.0', 'what it is').replaceAll(/\s*\n\s*/g, '')).toContain(
      '<item><title>one 1.0</title><link>http://index.test/x/</link>' +
        '<guid isPermaLink="true">http://index.test/x/</guid>' +
        '<description>what it is</description><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>',
    );
  });

  it.each([
    ['markup', '<script>&', '&lt;script&gt;&amp;'],
    ['the end of a section', ']]>', ']]&gt;'],
    ['control characters', 'a\u0000b\u001bc', 'a\ufffdb\ufffdc'],
    ['half a pair', 'a\ud800b', 'a\ufffdb'],
    ['what is no character', 'a\uffffb', 'a\ufffdb'],
    ['line ends', 'a\tb\nc', 'a\tb\nc'],
  ])('holds %s as text that every parser reads', (_what, text, written) => {
    expect(feed(text)).toContain(`<title>${written}</title>`);
  });
});
