import { onlineSnapshot, onlineTimestamp } from '../top-level.ts';
import { SnapshotVector } from '../snapshot-vector.ts';
import { joinMetadata, parseRoot, parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { testKey } from '@rind/testkit';
import type { TestKey } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { detached, keys, plan, published } from '../../test/ceremony-scene.ts';
import { assemble } from './assembly.ts';
import type { KeyChange } from './changes.ts';
import { lintSuccession } from './lint.ts';

const fresh = testKey('fresh');
const date = '2030-06-02T00:00:00Z';
const add = (role: string): KeyChange => ({ kind: 'add-key', role, key: fresh.key });
const drop = (role: string, key: TestKey): KeyChange => ({ kind: 'remove-key', role, keyId: key.id });
const lower = (role: string): KeyChange => ({ kind: 'threshold', role, threshold: 1 });

function served(onlineKeys: readonly TestKey[]) {
  const file = (bytes: Uint8Array) =>
    joinMetadata(
      bytes,
      onlineKeys.map((key) => key.sign(bytes)),
    );
  const vector = new SnapshotVector(1, Float64Array.of(1, 2), 1, 1);
  return {
    targets: parseTargets(published.targets),
    snapshot: parseSnapshot(file(onlineSnapshot(vector, 1, date))),
    timestamp: parseTimestamp(file(onlineTimestamp(1, date, { version: 1, length: 1, sha256: '00' }))),
  };
}

function findings(changes: readonly KeyChange[], onlineKeys: readonly TestKey[]): string[] {
  const checked = plan({ role: 'root', changes });
  const file = assemble(
    checked,
    keys.root.map((key) => detached(checked, key)),
  ).file;
  return lintSuccession(parseRoot(file), served(onlineKeys)).map(({ code }) => code);
}

describe('what is served stays valid under the next root', () => {
  const t = keys.targets[0]!;
  const swap = (role: string) => [add(role), drop(role, keys.online)];

  it.each([
    ['when nothing changes', [], [keys.online], []],
    ['when an online key is added', [add('timestamp')], [keys.online], []],
    ['not when the online key goes at once', swap('timestamp'), [keys.online], ['lint.online-orphaned']],
    [
      'when the signer has signed with both',
      [...swap('timestamp'), ...swap('snapshot')],
      [keys.online, fresh],
      [],
    ],
    [
      'not when a key of targets goes',
      [add('targets'), drop('targets', t)],
      [keys.online],
      ['lint.targets-orphaned'],
    ],
    ['when those that stay are enough', [drop('targets', t), lower('targets')], [keys.online], []],
  ] as const)('%s', (_what, changes, signers, expected) => {
    // Both online roles change alike only where the case says so.
    expect(findings(changes, signers)).toEqual(expected);
  });
});
