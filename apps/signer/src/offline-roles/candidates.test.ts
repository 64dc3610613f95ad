import { metadataKey } from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitLength } from '../../test/first-publication.ts';
import { MemoryStore } from '../../test/memory-store.ts';
import {
  binsDocument,
  holders,
  nowMs,
  publishOffline,
  rootDocument,
  signedBy,
  targetsDocument,
} from '../../test/offline-scene.ts';
import { testSigner } from '../../test/test-keys.ts';
import { loadRoot, loadTrust } from '../published/trust.ts';
import { findCandidates } from './candidates.ts';

const [t, b] = [holders.targets, holders.bins];
const fresh = testSigner('fresh');

let store: MemoryStore;
let pinned: Uint8Array;

beforeEach(async () => {
  store = new MemoryStore();
  pinned = await publishOffline(store);
});

async function decided() {
  const trust = await loadTrust(store, await loadRoot(store, pinned), { targets: 1, bins: 1 });
  const { next, refused } = await findCandidates(store, trust, nowMs);
  return {
    next: next === null ? null : [next.targets.signed.version, next.binsDocument.signed.version],
    refused: refused.map(({ role, version, reasons }) => `${role} ${version} ${reasons.join()}`),
  };
}

interface Laid {
  /** By version: who signs it, and whose signature it wants for bins. */
  readonly targets?: Record<number, readonly [signers: readonly Signer[], bins?: readonly Signer[]]>;
  readonly bins?: Record<number, readonly Signer[]>;
}

describe('what goes into effect of what lies in the store', () => {
  it.each<[string, Laid, number[] | null, string[]]>([
    ['nothing new', {}, null, []],
    ['targets', { targets: { 2: [t] } }, [2, 1], []],
    ['bins', { bins: { 2: b } }, [1, 2], []],
    ['both', { targets: { 2: [t] }, bins: { 2: b } }, [2, 2], []],
    ['the newest of several', { targets: { 2: [t], 3: [t] } }, [3, 1], []],
    ['not what strangers signed', { targets: { 2: [[fresh]] } }, null, ['targets 2 threshold not met']],
    ['what comes after a burned number', { targets: { 2: [[fresh]], 3: [t] } }, [3, 1], []],
    [
      'the good one before a bad one',
      { targets: { 2: [t], 3: [[fresh]] } },
      [2, 1],
      ['targets 3 threshold not met'],
    ],
    ['not bins by keys that nobody lists', { bins: { 2: [fresh] } }, null, ['bins 2 threshold not met']],
    [
      'not targets that orphan bins',
      { targets: { 2: [t, [fresh]] } },
      null,
      ['targets 2 lint.bins-orphaned'],
    ],
    ['targets with bins by its new keys', { targets: { 2: [t, [fresh]] }, bins: { 2: [fresh] } }, [2, 2], []],
    [
      'neither of two of which each needs another',
      { targets: { 2: [[fresh], [fresh]] }, bins: { 2: [fresh] } },
      null,
      ['targets 2 threshold not met', 'bins 2 threshold not met'],
    ],
  ])('%s', async (_what, { targets = {}, bins = {} }, next, refused) => {
    for (const [version, [signers, keys]] of Object.entries(targets)) {
      const document = targetsDocument(Number(version), keys);
      await store.putNew(metadataKey('targets', Number(version)), await signedBy(document, signers));
    }
    for (const [version, signers] of Object.entries(bins)) {
      await store.putNew(
        metadataKey('bins', Number(version)),
        await signedBy(binsDocument(Number(version)), signers),
      );
    }
    expect(await decided()).toEqual({ next, refused });
  });

  it('not a document of another version, of another number of bins, or none at all', async () => {
    await store.putNew(metadataKey('targets', 2), await signedBy(targetsDocument(7), t));
    await store.putNew(metadataKey('bins', 2), await signedBy(binsDocument(2, undefined, bitLength + 1), b));
    await store.putNew(metadataKey('bins', 3), new TextEncoder().encode('{'));
    await store.putNew(metadataKey('bins', 4), await signedBy(rootDocument(4), b));
    expect(await decided()).toEqual({
      next: null,
      refused: [
        'targets 2 version differs',
        'bins 2 lint.bins-changed',
        'bins 3 metadata.not-json',
        'bins 4 metadata.wrong-type',
      ],
    });
  });
});
