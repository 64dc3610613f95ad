import { fromUtf8, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { metadataFiles, vector } from '../test/vectors.ts';
import { hasCanonicalKeyIds } from './key-map.ts';
import { parseMetadata, parseRoot, parseSnapshot, parseTargets, parseTimestamp } from './metadata.ts';
import { serializeMetadata } from './serialize.ts';
import { verifyThreshold } from './threshold.ts';

const makers = ['python-tuf', 'tuf-js', 'go-tuf', 'sigstore'];
const tops = makers.slice(0, 3);

describe.each(makers)('metadata made by %s', (maker) => {
  it.each(metadataFiles(maker))('%s is kept byte for byte, and survives being serialised by us', (file) => {
    const bytes = vector(file);
    const parsed = parseMetadata(bytes);
    expect(parsed.bytes).toEqual(vector(file));
    const again = parseMetadata(serializeMetadata(parsed.signed.raw, parsed.signatures));
    expect(again.signedBytes()).toEqual(parsed.signedBytes());
    expect(again.signatures).toEqual(parsed.signatures);
    expect(again.signed).toEqual(parsed.signed);
  });
});

describe.each(tops)('the repository made by %s', (maker) => {
  const root = parseRoot(vector(`${maker}/1.root.json`));

  it('has roles signed by the keys that its root names', () => {
    const { keys, roles } = root.signed;
    expect(verifyThreshold(root, roles.root, keys).ok).toBe(true);
    const timestamp = parseTimestamp(vector(`${maker}/timestamp.json`));
    const snapshot = parseSnapshot(vector(`${maker}/snapshot.json`));
    const targets = parseTargets(vector(`${maker}/targets.json`));
    expect(verifyThreshold(timestamp, roles.timestamp, keys).ok).toBe(true);
    expect(verifyThreshold(snapshot, roles.snapshot, keys).ok).toBe(true);
    expect(verifyThreshold(targets, roles.targets, keys).ok).toBe(true);
    expect(timestamp.signed.snapshotMeta.version).toBe(snapshot.signed.version);
  });

  it('names keys by the hash of their canonical form', () => {
    expect(hasCanonicalKeyIds(root.signed)).toBe(true);
  });

  it('does not verify once anything in it is changed, known field or not', () => {
    const targets = fromUtf8(vector(`${maker}/targets.json`));
    const changed = parseTargets(
      utf8(targets.replace('a-1.0', 'a-1.1').replace('"kept"', '"lost"').replace('1.0.31', '1.0.32')),
    );
    expect(verifyThreshold(changed, root.signed.roles.targets, root.signed.keys).ok).toBe(false);
  });
});

describe('a root chain made by python-tuf', () => {
  it('is signed by ed25519, P-256 and RSA keys, and the second root by those of the first', () => {
    const [first, second] = [
      parseRoot(vector('python-tuf/1.root.json')),
      parseRoot(vector('python-tuf/2.root.json')),
    ];
    expect(verifyThreshold(first, first.signed.roles.root, first.signed.keys).valid).toHaveLength(3);
    expect(verifyThreshold(second, first.signed.roles.root, first.signed.keys).valid).toHaveLength(3);
    expect(verifyThreshold(second, second.signed.roles.root, second.signed.keys).valid).toHaveLength(3);
    expect(verifyThreshold(first, second.signed.roles.root, second.signed.keys).valid).toHaveLength(2);
  });
});

describe('delegations made by python-tuf', () => {
  it.each(['bins-succinct.json', 'bins-explicit.json'])('in %s are read whole', (file) => {
    const { delegations } = parseTargets(vector(`python-tuf/${file}`)).signed;
    if (delegations?.kind === 'succinct') {
      expect(delegations.succinct).toMatchObject({ bitLength: 14, namePrefix: 'bin', threshold: 1 });
      const bin = parseTargets(vector('python-tuf/bin-0a3f.json'));
      expect(verifyThreshold(bin, delegations.succinct, delegations.keys).ok).toBe(true);
    } else {
      expect(delegations?.roles).toHaveLength(8);
      expect(delegations?.roles[7]).toMatchObject({
        name: 'bin-7',
        pathHashPrefixes: ['e', 'f'],
        terminating: true,
      });
    }
  });
});

describe("Sigstore's root", () => {
  const root = parseRoot(vector('sigstore/root.json'));

  it('verifies by its own threshold, with an empty signature among the good ones', () => {
    expect(root.signatures.some(({ sig }) => sig === '')).toBe(true);
    const result = verifyThreshold(root, root.signed.roles.root, root.signed.keys);
    expect(result).toMatchObject({ threshold: 3, ok: true });
  });

  it('has keys with fields that nobody has heard of, which count for the key id', () => {
    expect([...root.signed.keys.values()].some((key) => 'x-tuf-on-ci-keyowner' in key)).toBe(true);
  });
});
