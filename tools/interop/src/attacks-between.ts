import { systemClock } from '@rind/kernel';
import type { RepositorySimulator } from '@rind/testkit';
import type { RepositoryAttack } from './attack-forms.ts';
import {
  binOf,
  makeRepository,
  otherBin,
  page,
  strangerPage,
  strangerWheel,
  wheel,
} from './attack-repository.ts';

const between = 'who stands between';
const metadataOf = (role: string) => (repository: RepositorySimulator) => repository.published(role).path;
const bin = (repository: RepositorySimulator): string => repository.published(binOf(repository)).path;
const republish = (role: (repository: RepositorySimulator) => string) => (repository: RepositorySimulator) =>
  repository.forge(role(repository), {});
const newBin = republish(binOf);
const dayMs = 24 * 60 * 60 * 1000;

/** Serves `bytes` in place of what is at `path`. */
function put(repository: RepositorySimulator, path: string, bytes: Uint8Array | null): void {
  if (bytes === null) throw new Error(`nothing to serve at ${path}`);
  repository.served.put(path, bytes);
}

/** Publishes a new bin first, so that the client must fetch one; then serves another file under its name. */
function withBin(
  change: (repository: RepositorySimulator, path: string) => Uint8Array | null,
): RepositoryAttack['act'] {
  return (repository) => {
    newBin(repository);
    put(repository, bin(repository), change(repository, bin(repository)));
  };
}

/** Lies about one target file, told truly again as the heal. */
function fileLie(
  attack: Pick<RepositoryAttack, 'name' | 'rind' | 'pythonTuf'>,
  target: string,
  lie: (repository: RepositorySimulator, truth: Uint8Array) => Uint8Array | null,
): RepositoryAttack {
  const truths = new WeakMap<RepositorySimulator, Uint8Array>();
  return {
    ...attack,
    by: between,
    act(repository) {
      const path = repository.targetObject(target);
      const truth = repository.served.get(path);
      if (truth === null) throw new Error(`${path} is not served`);
      truths.set(repository, truth);
      put(repository, path, lie(repository, truth));
    },
    lie: (repository) => repository.targetObject(target),
    heal: (repository) => put(repository, repository.targetObject(target), truths.get(repository) ?? null),
  };
}

/** What can be done without any key: to serve other bytes, or the right ones too slowly or without end. */
export const attacksBetween: readonly RepositoryAttack[] = [
  fileLie(
    {
      name: 'a wheel with one byte changed',
      rind: { code: 'target.hash-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
      pythonTuf: { refuses: 'LengthOrHashMismatchError' },
    },
    wheel,
    (_repository, truth) => truth.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
  ),
  fileLie(
    {
      name: 'a wheel cut short',
      rind: { code: 'target.length-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
      pythonTuf: { refuses: 'LengthOrHashMismatchError' },
    },
    wheel,
    (_repository, truth) => truth.slice(0, -1),
  ),
  fileLie(
    {
      name: 'a wheel of another project, of the same length',
      rind: { code: 'target.hash-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
      pythonTuf: { refuses: 'LengthOrHashMismatchError' },
    },
    wheel,
    (repository) => repository.served.get(repository.targetObject(strangerWheel)),
  ),
  fileLie(
    {
      name: 'a page of another project, of the same length',
      rind: { code: 'target.hash-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
      pythonTuf: { refuses: 'LengthOrHashMismatchError' },
    },
    page,
    (repository) => repository.served.get(repository.targetObject(strangerPage)),
  ),
  {
    name: 'a bin swapped with another of the same generation',
    by: between,
    act: (repository) => {
      newBin(repository);
      repository.forge(otherBin(repository), {});
      put(repository, bin(repository), repository.published(otherBin(repository)).bytes);
    },
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.version-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.6.4' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  },
  {
    name: 'a bin swapped with another of the very same version, where versions are shared',
    by: between,
    options: { binVersions: 'shared' },
    act: (repository) => {
      newBin(repository);
      repository.forge(otherBin(repository), {});
      put(repository, bin(repository), repository.published(otherBin(repository)).bytes);
    },
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.wrong-role-name', role: 'bin', spec: 'TUF 1.0.34 §5.6.4' },
    pythonTuf: {
      accepts:
        'metadata of TUF does not name its role; for that reason no two bins of Rind ever share a version',
      exitCode: 4,
    },
  },
  {
    name: 'a bin swapped with an older one of another name',
    by: between,
    act: withBin((repository) => repository.published(otherBin(repository)).bytes),
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.version-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.6.4' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  },
  {
    name: 'an older version of a bin',
    by: between,
    act: (repository) => {
      newBin(repository);
      repository.olderBin(binOf(repository));
    },
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.version-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.6.4' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  },
  {
    name: 'the bin of that name and version of another repository',
    by: between,
    act: withBin((repository) => {
      const other = makeRepository();
      other.rotateDelegated('bin-n');
      while (other.version(binOf(other)) < repository.version(binOf(repository))) newBin(other);
      return other.published(binOf(other)).bytes;
    }),
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.threshold', role: 'bin', spec: 'TUF 1.0.34 §5.6.3' },
    pythonTuf: { refuses: 'UnsignedMetadataError' },
  },
  {
    name: 'a bin with one digit of a signature changed',
    by: between,
    act: (repository) => {
      newBin(repository);
      repository.wrongHash(binOf(repository));
    },
    lie: bin,
    heal: newBin,
    rind: { code: 'verify.threshold', role: 'bin', spec: 'TUF 1.0.34 §5.6.3' },
    pythonTuf: { refuses: 'UnsignedMetadataError' },
  },
  {
    name: 'an old timestamp',
    by: between,
    act: (repository) => repository.rollbackTimestamp(),
    lie: metadataOf('timestamp'),
    heal: (repository) => repository.publish(),
    rind: { code: 'verify.version-rollback', role: 'timestamp', spec: 'TUF 1.0.34 §5.4.3.1' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  },
  {
    name: 'a timestamp that nobody renewed for days (freeze)',
    by: between,
    prepare: (repository) => repository.publish(),
    act: (repository) => {
      const frozen = makeRepository({}, { nowMs: () => systemClock().nowMs() - 3 * dayMs });
      while (frozen.version('timestamp') < repository.version('timestamp')) frozen.publish();
      frozen.publish();
      put(repository, 'metadata/timestamp.json', frozen.published('timestamp').bytes);
    },
    lie: metadataOf('timestamp'),
    heal: (repository) => {
      repository.publish();
      repository.publish();
    },
    rind: { code: 'verify.expired', role: 'timestamp', spec: 'TUF 1.0.34 §5.4.4' },
    pythonTuf: { refuses: 'ExpiredMetadataError' },
  },
  {
    name: 'an old snapshot under a new timestamp (mix and match)',
    by: between,
    act: (repository) => {
      newBin(repository);
      repository.mixAndMatch();
    },
    lie: metadataOf('snapshot'),
    heal: (repository) => repository.publish(),
    rind: { code: 'verify.hash-mismatch', role: 'snapshot', spec: 'TUF 1.0.34 §5.5.2' },
    pythonTuf: { refuses: 'LengthOrHashMismatchError' },
  },
  {
    name: 'a snapshot one byte longer than listed',
    by: between,
    act: (repository) => {
      repository.publish();
      repository.wrongLength('snapshot');
    },
    lie: metadataOf('snapshot'),
    heal: (repository) => repository.publish(),
    rind: { code: 'verify.length-mismatch', role: 'snapshot', spec: 'TUF 1.0.34 §5.5.1' },
    pythonTuf: { refuses: 'DownloadLengthMismatchError' },
  },
  ...(
    [
      ['the next root', () => 'metadata/2.root.json', 'verify.too-large', 'root', '§5.3.3'],
      ['a timestamp', metadataOf('timestamp'), 'verify.too-large', 'timestamp', '§5.4.1'],
      ['a snapshot', metadataOf('snapshot'), 'verify.length-mismatch', 'snapshot', '§5.5.1'],
      ['a bin', bin, 'verify.too-large', 'bin', '§5.6.1'],
      [
        'a wheel',
        (repository: RepositorySimulator) => repository.targetObject(wheel),
        'target.length-mismatch',
        'bin',
        '§5.7.3',
      ],
    ] as const
  ).map(([what, path, code, role, section]): RepositoryAttack => ({
    name: `${what} without end`,
    by: between,
    act: (repository, server) => {
      newBin(repository);
      server.misbehave(path(repository), 'endless');
    },
    lie: path,
    heal: (repository) => repository.publish(),
    rind: { code, role, spec: `TUF 1.0.34 ${section}` },
    pythonTuf: { refuses: 'DownloadLengthMismatchError' },
  })),
  ...(
    [
      ['a timestamp', metadataOf('timestamp'), 'timestamp', '§5.4.1'],
      ['a wheel', (repository: RepositorySimulator) => repository.targetObject(wheel), 'bin', '§5.7.3'],
    ] as const
  ).map(([what, path, role, section]): RepositoryAttack => ({
    name: `${what} at a byte every half second`,
    by: between,
    act: (repository, server) => server.misbehave(path(repository), 'slow'),
    lie: path,
    heal: (repository) => repository.publish(),
    rind: { code: 'fetch.slow', role, spec: `TUF 1.0.34 ${section}` },
    pythonTuf: { cannot: 'it has a limit for the time between two bytes, none for the speed' },
  })),
];
