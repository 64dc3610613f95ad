import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/accept.json' with { type: 'json' };
import { negotiateMediaType, negotiateSimple, simpleContentTypes } from './simple-negotiation.ts';

describe('the format of a Simple API answer', () => {
  it.each(vectors as [string | null, string][])('for %j is %s', (accept, format) => {
    expect(negotiateSimple(accept ?? undefined)).toBe(format);
  });

  it('is HTML for what is too long to be an installer’s', () => {
    const long = `${'text/plain;q=0.1,'.repeat(200)}${simpleContentTypes.json}`;
    expect(negotiateSimple(long)).toBe('html');
  });

  it('is always one of three', () => {
    const units = fc.constantFrom(
      ...'text/html*,;q=0.1 "\\'.split(''),
      'application/vnd.pypi.simple.v1+json',
    );
    fc.assert(
      fc.property(fc.string({ unit: units }), (accept) => {
        expect(Object.keys(simpleContentTypes)).toContain(negotiateSimple(accept));
      }),
    );
  });
});

describe('a media type', () => {
  const offers = ['application/vnd.x+json', 'application/json'];

  it.each([
    [undefined, 'application/vnd.x+json'],
    ['what, nobody; can read', 'application/vnd.x+json'],
    ['*/*', 'application/vnd.x+json'],
    ['application/json', 'application/json'],
    ['application/json, */*;q=0.9', 'application/json'],
    ['application/*;q=0.5, application/json;q=0', 'application/vnd.x+json'],
    ['text/html', null],
    ['*/*;q=0', null],
  ])('for %j is %j', (accept, offer) => {
    expect(negotiateMediaType(accept, offers)).toBe(offer);
  });
});
