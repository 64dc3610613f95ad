import { objectStoreContract } from '@rind/storage-port/contract';
import { afterAll, beforeAll } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig?.stop());

objectStoreContract('the S3 store', async () => {
  await rig.reset();
  return {
    store: rig.direct(),
    openAgain: async () => rig.direct(),
    // An entity tag is made of the bytes.
    distinguishesEqualBytes: false,
    cleanup: async () => {},
  };
});

objectStoreContract('the S3 store behind a proxy', async () => {
  await rig.reset();
  return {
    store: rig.proxied(),
    openAgain: async () => rig.proxied(),
    distinguishesEqualBytes: false,
    cleanup: async () => {},
  };
});
