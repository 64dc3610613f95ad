import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCheckpoint } from '@rind/kernel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createCheckpoint,
  formatCheckpointSpec,
  markerName,
  parseCheckpointSpec,
  parseCheckpointSpecs,
} from './index.ts';
import type { CheckpointOptions } from './index.ts';

const failsWith = (code: string) => expect.objectContaining({ code });

describe('a spec', () => {
  it.each([
    ['signer/publish.signed', { process: 'signer', point: 'publish.signed', passing: 1, orLater: false }],
    ['signer/store.put.x:3', { process: 'signer', point: 'store.put.x', passing: 3, orLater: false }],
    ['signer/store.put.x:3+', { process: 'signer', point: 'store.put.x', passing: 3, orLater: true }],
    ['auth/a-b.c:999999999', { process: 'auth', point: 'a-b.c', passing: 999_999_999, orLater: false }],
  ])('%s is read', (text, expected) => {
    expect(parseCheckpointSpec(text)).toEqual(expected);
  });

  it.each([
    '',
    'signer',
    'signer/',
    '/point',
    'signer/p:',
    'signer/p:0',
    'signer/p:-1',
    'signer/p:1.5',
    'signer/p:01',
    'signer/p+',
    'signer/p:+',
    'signer/p:1++',
    'signer/p:1,signer/q',
  ])('%j is refused', (text) => {
    expect(() => parseCheckpointSpec(text)).toThrow(failsWith('checkpoint.bad-spec'));
  });

  it.each(['signer/../x', 'signer/a/b', 'Signer/a', 'signer/a b', 'signer/a:1:2', ' signer/a', 'signer/a\n'])(
    '%j is refused',
    (text) => {
      expect(() => parseCheckpointSpec(text)).toThrow(failsWith('checkpoint.bad-spec'));
    },
  );

  it('is read as it was written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const passing = fc.integer({ min: 1, max: 999_999_999 });
    const spec = fc.record({ process: name, point: name, passing, orLater: fc.boolean() });
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 5 }), (all) => {
        expect(parseCheckpointSpecs(all.map(formatCheckpointSpec).join(','))).toEqual(all);
      }),
    );
  });

  it.each([
    '',
    ',',
    'signer/a,',
    ',signer/a',
    'signer/a,,signer/b',
    'signer/a, signer/b',
    'signer/a;signer/b',
  ])('a list such as %j is refused', (text) => {
    expect(() => parseCheckpointSpecs(text)).toThrow(failsWith('checkpoint.bad-spec'));
  });
});

describe('a checkpoint', () => {
  let stateDir: string;
  const kill = vi.spyOn(process, 'kill');
  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'rind-checkpoint-'));
    kill.mockReset().mockReturnValue(true);
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  const checkpointWith = (options: Partial<CheckpointOptions>) =>
    createCheckpoint({ process: 'signer', stateDir, knownPoints: ['a', 'b'], ...options });

  it.each([
    {},
    { crashAt: undefined, stopAt: undefined },
    { crashAt: '', stopAt: '' },
    { crashAt: 'auth/elsewhere' },
    { stopAt: 'auth/a' },
  ])('does nothing with %j', (options) => {
    expect(checkpointWith(options)).toBe(noCheckpoint);
  });

  it.each([
    { crashAt: 'signer/c' },
    { stopAt: 'signer/c:2' },
    { crashAt: 'signer/a,signer/c,signer/b' },
    { stopAt: 'auth/x,signer/b:2+,signer/c:2' },
  ])('refuses the unknown point of %j', (options) => {
    expect(() => checkpointWith(options)).toThrow(failsWith('checkpoint.unknown-point'));
  });

  it.each([{ crashAt: 'signer/a,signer' }, { stopAt: 'auth/a,auth/b:0' }, { crashAt: 'auth/a,signer/b:x' }])(
    'refuses an entry of %j, also of another process',
    (options) => {
      expect(() => checkpointWith(options)).toThrow(failsWith('checkpoint.bad-spec'));
    },
  );

  it('refuses to pass a point that is not listed', () => {
    const checkpoint = checkpointWith({ crashAt: 'signer/a' });
    expect(() => checkpoint('c')).toThrow(failsWith('checkpoint.unknown-point'));
  });

  it('signals at the Nth passing, once, with a marker made before', async () => {
    const markers: string[][] = [];
    kill.mockImplementation(() => {
      void readdir(stateDir).then((names) => markers.push(names));
      return true;
    });
    const checkpoint = checkpointWith({ crashAt: 'signer/a:3' });
    const sent = ['a', 'b', 'b', 'b', 'a', 'a', 'a', 'a'].map((point) => {
      checkpoint(point);
      return kill.mock.calls.length;
    });
    expect(sent).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGKILL');
    await vi.waitFor(() => expect(markers).toEqual([['crash-at.signer.a.3']]));
  });

  it('signals once per state folder, whoever comes first', () => {
    checkpointWith({ stopAt: 'signer/a' })('a');
    checkpointWith({ stopAt: 'signer/a' })('a');
    expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGSTOP');
  });

  it('keeps crash and stop apart', () => {
    const checkpoint = checkpointWith({ crashAt: 'signer/b', stopAt: 'signer/a' });
    checkpoint('a');
    checkpoint('b');
    expect(kill.mock.calls.map(([, signal]) => signal)).toEqual(['SIGSTOP', 'SIGKILL']);
  });

  it('signals once for each entry of a list, whatever order they come in', async () => {
    const checkpoint = checkpointWith({
      crashAt: 'signer/b:2,auth/a,signer/a',
      stopAt: 'signer/a:2,signer/a:3',
    });
    const sent = ['a', 'b', 'a', 'b', 'b', 'a', 'a', 'b'].map((point) => {
      kill.mockClear();
      checkpoint(point);
      return kill.mock.calls.map(([, signal]) => signal).join();
    });
    expect(sent).toEqual(['SIGKILL', '', 'SIGSTOP', 'SIGKILL', '', 'SIGSTOP', '', '']);
    expect((await readdir(stateDir)).toSorted()).toEqual([
      'crash-at.signer.a.1',
      'crash-at.signer.b.2',
      'stop-at.signer.a.2',
      'stop-at.signer.a.3',
    ]);
  });

  it('passes the entries that happened before, after a restart', () => {
    const crashAt = 'signer/a,signer/b';
    const passBoth = (): number[] => {
      const checkpoint = checkpointWith({ crashAt });
      return ['a', 'b'].map((point) => {
        checkpoint(point);
        return kill.mock.calls.length;
      });
    };
    checkpointWith({ crashAt })('a');
    expect(passBoth()).toEqual([1, 2]);
    expect(passBoth()).toEqual([2, 2]);
  });

  it('with a plus, signals at the Nth passing or the first later one with a free marker', async () => {
    const [spec] = parseCheckpointSpecs('signer/a:2+');
    const marker = join(stateDir, markerName('crash', spec!));
    await writeFile(marker, '');
    const checkpoint = checkpointWith({ crashAt: 'signer/a:2+' });
    const pass = (): number => {
      checkpoint('a');
      return kill.mock.calls.length;
    };
    expect([pass(), pass(), pass()]).toEqual([0, 0, 0]);
    await rm(marker);
    expect([pass(), pass(), pass()]).toEqual([1, 1, 1]);
    expect(await readdir(stateDir)).toEqual(['crash-at.signer.a.2+']);
  });

  it('without one, signals at no later passing, even when the marker has become free', async () => {
    const [spec] = parseCheckpointSpecs('signer/a:2');
    const marker = join(stateDir, markerName('crash', spec!));
    await writeFile(marker, '');
    const checkpoint = checkpointWith({ crashAt: 'signer/a:2' });
    for (let i = 0; i < 2; i++) checkpoint('a');
    await rm(marker);
    for (let i = 0; i < 3; i++) checkpoint('a');
    expect(kill).not.toHaveBeenCalled();
  });

  it('with a plus, does not signal before the Nth passing', () => {
    const checkpoint = checkpointWith({ stopAt: 'signer/a:3+' });
    const sent = [1, 2, 3, 4].map(() => {
      checkpoint('a');
      return kill.mock.calls.length;
    });
    expect(sent).toEqual([0, 0, 1, 1]);
  });

  it('keeps an entry with a plus apart from the one without', () => {
    const checkpoint = checkpointWith({ crashAt: 'signer/a:1+,signer/a:1' });
    checkpoint('a');
    expect(kill).toHaveBeenCalledTimes(2);
  });

  it('does not signal when the marker cannot be made', async () => {
    await writeFile(join(stateDir, 'file'), '');
    const checkpoint = checkpointWith({ crashAt: 'signer/a', stateDir: join(stateDir, 'file') });
    expect(() => checkpoint('a')).toThrow();
    expect(kill).not.toHaveBeenCalled();
  });
});
