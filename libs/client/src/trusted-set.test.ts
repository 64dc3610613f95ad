import { FakeClock } from '@rind/kernel';
import { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { SIX, refusalOf } from '../test/client.ts';
import { readTrustedRoot } from './checks.ts';
import { delegationOf, topLevelDelegation } from './delegation.ts';
import { ClientError } from './errors.ts';
import { TrustedSet } from './trusted-set.ts';

function scene() {
  const clock = new FakeClock(1_900_000_000_000);
  const repository = new RepositorySimulator({ clock });
  repository.addTarget(SIX, 'first');
  repository.publish();
  const bytes = (role: string, version?: number) => repository.published(role, version).bytes;
  const start = () => new TrustedSet(readTrustedRoot(repository.bootstrapRoot), clock.nowMs());
  return { repository, clock, bytes, start };
}

describe('a trusted set', () => {
  it('takes root, timestamp, snapshot and targets in this order', () => {
    const { bytes, start, repository } = scene();
    const trusted = start();
    trusted.finishRoot();
    expect(trusted.updateTimestamp(bytes('timestamp'))).toBe(true);
    trusted.updateSnapshot(bytes('snapshot'));
    const targets = trusted.verifyTargets(bytes('targets'), topLevelDelegation(trusted.root));
    const [match] = targets.signed.delegations!.kind === 'roles' ? targets.signed.delegations!.roles : [];
    const bins = trusted.verifyTargets(bytes('bins'), delegationOf(match!, targets));
    expect(bins.signed.version).toBe(repository.version('bins'));
    expect(trusted.timestamp.bytes).toEqual(bytes('timestamp'));
    expect(trusted.snapshot.bytes).toEqual(bytes('snapshot'));
  });

  it('refuses every other order', async () => {
    const { bytes, start } = scene();
    const untimely = async (
      act: (trusted: TrustedSet) => void,
      ready: (trusted: TrustedSet) => void = () => {},
    ) => {
      const trusted = start();
      ready(trusted);
      return refusalOf(async () => act(trusted));
    };
    const rooted = (trusted: TrustedSet) => trusted.finishRoot();
    const timed = (trusted: TrustedSet) => (
      rooted(trusted),
      void trusted.updateTimestamp(bytes('timestamp'))
    );
    const targets = (trusted: TrustedSet) =>
      void trusted.verifyTargets(bytes('targets'), topLevelDelegation(trusted.root));
    expect([
      await untimely((trusted) => trusted.recallTimestamp(bytes('timestamp'))),
      await untimely((trusted) => void trusted.updateTimestamp(bytes('timestamp'))),
      await untimely((trusted) => void trusted.updateRoot(bytes('root')), rooted),
      await untimely((trusted) => trusted.updateSnapshot(bytes('snapshot')), rooted),
      await untimely((trusted) => void trusted.recallSnapshot(bytes('snapshot')), rooted),
      await untimely((trusted) => void trusted.timestamp, rooted),
      await untimely((trusted) => void trusted.snapshot, timed),
      await untimely(targets, timed),
    ]).toEqual([
      ...Array<string>(2).fill('timestamp client.out-of-order §5'),
      'root client.out-of-order §5',
      ...Array<string>(3).fill('snapshot client.out-of-order §5'),
      ...Array<string>(2).fill('targets client.out-of-order §5'),
    ]);
  });

  it('does not take a recalled timestamp or snapshot for a current one', async () => {
    const { bytes, start } = scene();
    const trusted = start();
    trusted.finishRoot();
    trusted.recallTimestamp(bytes('timestamp'));
    expect(await refusalOf(async () => trusted.timestamp)).toBe('snapshot client.out-of-order §5');
    trusted.updateTimestamp(bytes('timestamp'));
    expect(trusted.recallSnapshot(bytes('snapshot', 1))).toBe(false);
    expect(await refusalOf(async () => trusted.snapshot)).toBe('targets client.out-of-order §5');
    expect(trusted.recallSnapshot(bytes('snapshot'))).toBe(true);
    expect(trusted.snapshot.signed.version).toBe(2);
  });

  it('is unchanged by what it refuses', async () => {
    const { repository, bytes, start } = scene();
    const trusted = start();
    repository.rotateRoot(['root'], 'new');
    expect(await refusalOf(async () => trusted.updateRoot(bytes('root')))).toBe(
      'root verify.threshold §5.3.4',
    );
    expect(trusted.root.bytes).toEqual(repository.bootstrapRoot);
    trusted.finishRoot();
    trusted.updateTimestamp(bytes('timestamp'));
    const { version } = trusted.timestamp.signed;
    repository.expire('timestamp');
    expect(await refusalOf(async () => trusted.updateTimestamp(bytes('timestamp')))).toBe(
      'timestamp verify.expired §5.4.4',
    );
    expect(trusted.timestamp.signed.version).toBe(version);
    expect(await refusalOf(async () => trusted.updateSnapshot(bytes('snapshot', 1)))).toMatch(
      /^snapshot verify\.(?:length|hash)-mismatch §5\.5\.[12]$/,
    );
    expect(await refusalOf(async () => trusted.snapshot)).toBe('targets client.out-of-order §5');
  });

  it('says of a document of another role what it is', async () => {
    const { bytes, start } = scene();
    const trusted = start();
    trusted.finishRoot();
    trusted.updateTimestamp(bytes('timestamp'));
    const refused = await Promise.resolve()
      .then(() => trusted.recallSnapshot(bytes('timestamp')))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ClientError);
    expect(refused).toMatchObject({ code: 'verify.malformed', details: { problem: 'metadata.wrong-type' } });
  });
});
