import { describe, expect, it } from 'vitest';
import vectors from '../vectors/python-repr.json' with { type: 'json' };
import { pythonRepr } from './python-repr.ts';

describe('a quoted text', () => {
  it.each(vectors as [string, string][])('%j is what Python writes', (text, repr) => {
    expect(pythonRepr(text)).toBe(repr);
  });
});
