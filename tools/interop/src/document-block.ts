import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { places } from './places.ts';

/**
 * The fenced blocks of one language in a document under `docs`, in their order, as they stand there.
 * @param language the word after the fence, e.g. `python`
 */
export function documentBlocks(name: string, language: string): readonly string[] {
  return fencedBlocks(readFileSync(join(places.documents, name), 'utf8'), language);
}

export function fencedBlocks(markdown: string, language: string): readonly string[] {
  const blocks: string[] = [];
  let open: string[] | null = null;
  let wanted = false;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('```')) open?.push(line);
    else if (open === null) {
      open = [];
      wanted = line.slice(3).trim() === language;
    } else {
      if (wanted) blocks.push(`${open.join('\n')}\n`);
      open = null;
    }
  }
  return blocks;
}
