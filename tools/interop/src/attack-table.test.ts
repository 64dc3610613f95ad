import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attackTables } from './attack-table.ts';
import { places } from './places.ts';

it.each(Object.entries(attackTables()))(
  'docs/attacks.md has the table %s as the suites play it',
  (_name, text) => {
    expect(readFileSync(join(places.root, 'docs', 'attacks.md'), 'utf8').includes(text)).toBe(true);
  },
);
