import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness } from '@rind/kernel';
import { createKeyFile } from '@rind/signers-file';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSigner } from '../../test/test-keys.ts';
import { KeyRing } from './key-ring.ts';

const passphrase = 'a passphrase';
let folder: string;
let ring: KeyRing;

const path = (name: string): string => join(folder, `${name}.pem`);
const create = async (name: string) =>
  (await createKeyFile({ path: path(name), passphrase, randomness: systemRandomness, role: 'test' })).keyId;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rind-ring-'));
  writeFileSync(join(folder, 'passphrase'), `${passphrase}\n`);
  ring = new KeyRing({
    files: [path('configured'), path('gone')],
    folder,
    passphraseFile: join(folder, 'passphrase'),
  });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the ring of online keys', () => {
  it('lets the role decide: of the keys that are here, the one that is listed last', async () => {
    const [old, next] = [await create('configured'), await create('a-later-one')];
    const { keyId: elsewhere } = testSigner('elsewhere');
    expect(ring.newestOf([old, next])).toBe(path('a-later-one'));
    expect(ring.newestOf([next, old])).toBe(path('configured'));
    expect(ring.newestOf([old, next, elsewhere])).toBe(path('a-later-one'));
    expect(ring.newestOf([elsewhere])).toBeNull();
    expect((await ring.open(path('a-later-one'))).keyId).toBe(next);
  });

  it('finds a key that comes later, and no longer one that went', async () => {
    const { keyId } = testSigner('elsewhere');
    expect(ring.newestOf([keyId])).toBeNull();
    const next = await create('next');
    expect(ring.newestOf([next])).toBe(path('next'));
    rmSync(path('next'));
    expect(ring.newestOf([next])).toBeNull();
  });
});
