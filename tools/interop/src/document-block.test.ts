import { describe, expect, it } from 'vitest';
import { documentBlocks, fencedBlocks } from './document-block.ts';

describe('blocks of a document', () => {
  it('are those of the language that is asked for, as they stand', () => {
    const markdown = 'a\n\n```sh\ncd x\n```\n\n```python\nimport os\n\nprint()\n```\n\n```sh\nls\n```\n';
    expect(fencedBlocks(markdown, 'sh')).toEqual(['cd x\n', 'ls\n']);
    expect(fencedBlocks(markdown, 'python')).toEqual(['import os\n\nprint()\n']);
    expect(fencedBlocks(markdown, 'js')).toEqual([]);
  });

  it('have one program for consumers, of at most 40 lines', () => {
    const programs = documentBlocks('consuming.md', 'python');
    expect(programs).toHaveLength(1);
    expect(programs[0]!.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });
});
