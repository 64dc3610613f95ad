import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { goTufVersion } from './go-tuf.ts';
import { places } from './places.ts';

it('the version of go-tuf that is reported is the one whose checksum is pinned', () => {
  const sums = readFileSync(join(places.goTuf, 'go.sum'), 'utf8').split('\n');
  const pinned = sums.filter((line) => line.startsWith('github.com/theupdateframework/go-tuf/v2 v'));
  expect(pinned).toHaveLength(2);
  for (const line of pinned) expect(line).toMatch(new RegExp(`^\\S+ v${goTufVersion()}(/go\\.mod)? h1:`));
});
