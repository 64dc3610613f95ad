import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCheckpoint } from '@rind/kernel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCheckpoint, formatCheckpointSpec, parseCheckpointSpec } from './index.ts';
import type { CheckpointOptions } from './index.ts';

const failsWith = (code: string) => expect.objectContaining({ code });

describe('a spec', () => {
  it.each([
    ['signer/publish.signed', { process: 'signer', point: 'publish.signed', passing: 1 }],
    ['signer/store.replace.claimed:3', { process: 'signer', point: 'store.replace.claimed', passing: 3 }],
    ['auth/a-b.c:999999999', { process: 'auth', point: 'a-b.c', passing: 999_999_999 }],
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
    const spec = fc.record({ process: name, point: name, passing: fc.integer({ min: 1, max: 999_999_999 }) });
    fc.assert(
      fc.property(spec, (each) => {
        expect(parseCheckpointSpec(formatCheckpointSpec(each))).toEqual(each);
      }),
    );
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

  it.each([{ crashAt: 'signer/c' }, { stopAt: 'signer/c:2' }])(
    'refuses the unknown point of %j',
    (options) => {
      expect(() => checkpointWith(options)).toThrow(failsWith('checkpoint.unknown-point'));
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

  it('does not signal when the marker cannot be made', async () => {
    await writeFile(join(stateDir, 'file'), '');
    const checkpoint = checkpointWith({ crashAt: 'signer/a', stateDir: join(stateDir, 'file') });
    expect(() => checkpoint('a')).toThrow();
    expect(kill).not.toHaveBeenCalled();
  });
});
