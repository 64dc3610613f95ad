import fc from 'fast-check';
import { validateHeaderValue } from 'node:http';
import { describe, expect, it } from 'vitest';
import { legacyAnswer, prefersJson, reasonPhrase } from './legacy-answer.ts';

describe('reasonPhrase', () => {
  it.each([
    ["File already exists ('a.whl')", "File already exists ('a.whl')"],
    ['naïve café', 'naïve café'],
    ['日本 x', '?? x'],
    ['emoji 🐍!', 'emoji ?!'],
    ['two\r\nlines\tand\0zero', 'two??lines?and?zero'],
  ])('%j → %j', (text, expected) => {
    expect(reasonPhrase(text)).toBe(expected);
  });

  it('never makes a status line that Node refuses or that breaks in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const reason = reasonPhrase(text);
        validateHeaderValue('X-Reason', reason);
        expect(reason).not.toMatch(/[\r\n]/);
        expect(reason.length).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});

describe('prefersJson', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['text/html, application/json;q=0.9', false],
    ['application/json', true],
    ['application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7', true],
    ['application/json;q=0, */*', false],
    ['application/json;q=bad', false],
    ['application/json, text/plain', true],
  ])('%j → %s', (accept, expected) => {
    expect(prefersJson(accept)).toBe(expected);
  });
});

describe('legacyAnswer', () => {
  it('puts the text into reason phrase and body', () => {
    expect(legacyAnswer(403, 'No – never', '*/*')).toEqual({
      status: 403,
      reason: 'No ? never',
      contentType: 'text/plain; charset=utf-8',
      body: '403 No – never\n',
    });
  });

  it('quotes no more than the ends of what is very long, in the phrase and in either body', () => {
    const said = `'${'x'.repeat(1_048_576)}' is not a valid classifier.`;
    const short = /^'x{500,} … x+' is not a valid classifier\.$/;
    const { reason, body } = legacyAnswer(400, said, '*/*');
    expect(reason).toMatch(/^'x{500,} \? x+' is not a valid classifier\.$/);
    expect(body.replace(/^400 |\n$/g, '')).toMatch(short);
    const json = JSON.parse(legacyAnswer(400, said, 'application/json').body) as Record<string, string>;
    expect(json['message']).toMatch(short);
    expect(json['code']).toBe(`400 ${json['message']}`);
  });

  it('speaks JSON to uv, with the text in `code`', () => {
    const answer = legacyAnswer(400, 'No "file"', 'application/json;q=0.9, text/plain;q=0.8');
    expect(answer.contentType).toBe('application/json');
    expect(JSON.parse(answer.body)).toEqual({
      message: 'No "file"',
      code: '400 No "file"',
      title: 'Bad Request',
    });
  });
});
