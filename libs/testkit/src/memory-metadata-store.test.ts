import { describe, expect, it } from 'vitest';
import { MemoryMetadataStore } from './memory-metadata-store.ts';

describe('the metadata store in memory', () => {
  it('gives back what was written, until it is deleted', async () => {
    const store = new MemoryMetadataStore();
    expect(await store.read('root')).toBeNull();
    await store.write('root', Uint8Array.of(1));
    await store.write('bin-0', Uint8Array.of(2));
    expect(await store.read('root')).toEqual(Uint8Array.of(1));
    expect(store.dump()).toEqual({ 'bin-0': '02', root: '01' });
    await store.delete('root');
    expect(store.dump()).toEqual({ 'bin-0': '02' });
  });

  it('is not changed through the arrays that go in and out', async () => {
    const store = new MemoryMetadataStore();
    const bytes = Uint8Array.of(1);
    await store.write('root', bytes);
    bytes[0] = 9;
    (await store.read('root'))![0] = 9;
    expect(await store.read('root')).toEqual(Uint8Array.of(1));
  });
});
