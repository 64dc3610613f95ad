import { isRindError } from '@rind/kernel';
import type { RoleType } from '@rind/metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { above, attacked, otherBin, path } from '../test/attacked.ts';
import type { Attack, Scene } from '../test/attacked.ts';
import { DAY_MS, SIX, clientOf, refusalOf, simulate } from '../test/client.ts';

describe('bins that share a version', () => {
  const level: Attack = (repository) => {
    for (const bin of repository.binNames()) while (repository.version(bin) < 6) repository.forge(bin, {});
  };
  /** The new versions are equal too, and the client has neither. */
  const swap: Attack = (repository) => {
    for (const bin of repository.binNames()) repository.forge(bin, {});
    repository.swapBins(repository.binFor(SIX), otherBin(repository));
  };
  const mayChange = above['bin']!;

  it('are told apart by their signed name', async () => {
    const scene: Scene = { options: { binVersions: 'shared' }, before: level, mayChange };
    expect(await attacked(swap, scene)).toBe('bin verify.wrong-role-name §5.6.4');
  });

  it('cannot be told apart without: which is why no two bins of ours share one', async () => {
    const options = { binVersions: 'shared', binNames: 'absent' } as const;
    expect(await attacked(swap, { options, before: level, mayChange: [...mayChange, 'bin'] })).toBe(
      'targets target.not-found §5.7.2',
    );
    expect(await attacked(swap, { options: { binNames: 'absent' }, mayChange })).toBe(
      'bin verify.version-mismatch §5.6.4',
    );
  });
});

describe('a freeze', () => {
  it('goes unseen until the timestamp expires, and is over when new metadata comes through', async () => {
    const { repository, store, client, clock } = simulate();
    await client.refresh();
    repository.freeze();
    repository.addTarget(SIX, 'second');
    repository.publish();
    const visit = () => clientOf(repository, store).download(SIX);
    expect(await refusalOf(visit)).toBe('ok');
    clock.advance(DAY_MS - 1);
    expect(await refusalOf(visit)).toBe('ok');
    clock.advance(1);
    expect(await refusalOf(visit)).toBe('timestamp verify.expired §5.4.4');
    repository.thaw();
    repository.forge(repository.binFor(SIX), {});
    expect(new TextDecoder().decode(await visit())).toBe('second');
  });
});

function refused(error: unknown): string {
  if (isRindError(error)) return 'refused';
  throw error;
}

describe('after any sequence of attacks', () => {
  const attacks: readonly [string, Attack][] = [
    ['rollbackTimestamp', (r) => r.rollbackTimestamp()],
    ['mixAndMatch', (r) => r.mixAndMatch()],
    ['olderBin', (r) => r.olderBin(r.binFor(SIX))],
    ['swapBins', (r) => r.swapBins(r.binFor(SIX), otherBin(r))],
    ['wrongHash', (r) => r.wrongHash(SIX)],
    ['wrongLength', (r) => r.wrongLength('snapshot')],
    ['garbage', (r) => r.fault(path(r, 'timestamp'), 'garbage')],
    ['endless', (r) => r.fault(path(r, 'snapshot'), 'endless')],
    ['unknown root', (r) => r.fault(`metadata/${r.version('root') + 1}.root.json`, 'garbage')],
    ['missing', (r) => r.fault(path(r, 'bin'), 'missing')],
  ];

  it('the client refuses, or gets no older file than before; and is well at the next honest publication', async () => {
    const step = fc.record({
      attack: fc.constantFrom(...attacks),
      rotation: fc.constantFrom<RoleType[]>([], ['root'], ['timestamp', 'snapshot'], ['targets']),
      encoding: fc.constantFrom('succinct' as const, 'explicit' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const { repository, store } = simulate({ encoding: steps[0]!.encoding });
        const visit = async () => new TextDecoder().decode(await clientOf(repository, store).download(SIX));
        let seen = await visit();
        for (const [number, { attack, rotation }] of steps.entries()) {
          repository.addTarget(SIX, `${number}`);
          if (rotation.length > 0) repository.rotateRoot(rotation);
          repository.publish();
          attack[1](repository);
          expect([seen, `${number}`, 'refused']).toContain(await visit().catch(refused));
          repository.served.heal();
          repository.addTarget(SIX, `honest ${number}`);
          repository.publish();
          for (const role of ['timestamp', 'snapshot']) {
            const { path: file, bytes } = repository.published(role);
            repository.served.put(file, bytes);
          }
          seen = await visit();
          expect(seen).toBe(`honest ${number}`);
        }
      }),
      { numRuns: 30 },
    );
  });
});
