import type { JsonObject } from '@rind/kernel';
import type { RepositorySimulator, SimulatorOptions } from '@rind/testkit';
import type { RepositoryAttack, RindRefusal } from './attack-forms.ts';
import { binOf, page, pageText, project, wheelName } from './attack-repository.ts';

type Role = RindRefusal['role'];

const above = 'who holds the keys above the role';
const own = 'who holds the role’s own keys';
const needTwo: NonNullable<RepositoryAttack['options']> = {
  thresholds: { root: 2, targets: 2, bins: 2, 'bin-n': 2, snapshot: 2, timestamp: 2 },
} satisfies Partial<SimulatorOptions>;

/** The steps at which each role's signatures and its date are looked at. */
const steps: Readonly<Record<Role, { readonly signed: string; readonly fresh: string }>> = {
  root: { signed: '§5.3.4', fresh: '§5.3.10' },
  timestamp: { signed: '§5.4.2', fresh: '§5.4.4' },
  snapshot: { signed: '§5.5.3', fresh: '§5.5.6' },
  targets: { signed: '§5.6.3', fresh: '§5.6.5' },
  bins: { signed: '§5.6.3', fresh: '§5.6.5' },
  bin: { signed: '§5.6.3', fresh: '§5.6.5' },
};
const roles = Object.keys(steps) as readonly Role[];
const online: readonly Role[] = ['timestamp', 'snapshot', 'bin'];

function named(repository: RepositorySimulator, role: Role): string {
  return role === 'bin' ? binOf(repository) : role;
}

/** A bad next version of a role, and above it everything as it should be; then a good one. */
function forgedRole(
  role: Role,
  attack: Pick<RepositoryAttack, 'name' | 'rind' | 'pythonTuf' | 'act'> & Partial<RepositoryAttack>,
): RepositoryAttack {
  return {
    by: above,
    lie: (repository) => repository.published(named(repository, role)).path,
    heal: (repository) => repository.forge(named(repository, role), {}),
    ...attack,
  };
}

/** A root that no client takes bars the way to the next: it must go. */
const withdrawRoot: RepositoryAttack['heal'] = (repository) =>
  repository.served.remove(repository.published('root').path);

const unsigned = (role: Role): Pick<RepositoryAttack, 'rind' | 'pythonTuf'> => ({
  rind: { code: 'verify.threshold', role, spec: `TUF 1.0.34 ${steps[role].signed}` },
  pythonTuf: { refuses: 'UnsignedMetadataError' },
});

const expired = roles.map((role) =>
  forgedRole(role, {
    name: `${article(role)} past its date`,
    by: own,
    act: (repository) => repository.expire(named(repository, role)),
    rind: { code: 'verify.expired', role, spec: `TUF 1.0.34 ${steps[role].fresh}` },
    pythonTuf: { refuses: 'ExpiredMetadataError' },
  }),
);

const withoutSignature = roles.map((role) =>
  forgedRole(role, {
    name: `${article(role)} without a signature`,
    act: (repository) => repository.stripSignature(named(repository, role)),
    ...(role === 'root' ? { heal: withdrawRoot } : {}),
    ...unsigned(role),
  }),
);

const revoked = online.map((role) =>
  forgedRole(role, {
    name: `${article(role)} signed by a revoked key`,
    prepare(repository) {
      if (role === 'bin') repository.rotateDelegated('bin-n');
      else repository.rotateRoot([role as 'timestamp' | 'snapshot']);
    },
    act: (repository) => repository.signWithRevokedKey(named(repository, role)),
    ...unsigned(role),
  }),
);

const oneKeyTwice = online.flatMap((role) => [
  forgedRole(role, {
    name: `${article(role)} that one key signed twice, where two keys are needed`,
    options: needTwo,
    act: (repository) => repository.doubleSignatureByOneKey(named(repository, role), 'same-id'),
    rind: { code: 'verify.malformed', role, spec: `TUF 1.0.34 ${steps[role].signed}` },
    pythonTuf: { refuses: 'DeserializationError' },
  }),
]);

const oneKeyTwoIds = forgedRole('bin', {
  name: 'a bin that one key signed under two ids, where two keys are needed',
  options: needTwo,
  act: (repository) => repository.doubleSignatureByOneKey(binOf(repository), 'two-ids'),
  heal: (repository) => repository.rotateDelegated('bin-n'),
  rind: { code: 'verify.threshold', role: 'bin', spec: `TUF 1.0.34 ${steps.bin.signed}` },
  pythonTuf: { accepts: 'it counts key ids, not keys', exitCode: 0 },
});

const tooFew = online.map((role) =>
  forgedRole(role, {
    name: `${article(role)} that one key signed, where two are needed`,
    options: needTwo,
    act: (repository) => repository.stripSignature(named(repository, role), 1),
    ...unsigned(role),
  }),
);

const versions: readonly RepositoryAttack[] = [
  forgedRole('timestamp', {
    name: 'a new timestamp that names an old snapshot',
    by: 'who holds the key of timestamp',
    prepare: (repository) => repository.publish(),
    act: (repository) => repository.rollbackSnapshot(),
    rind: { code: 'verify.version-rollback', role: 'timestamp', spec: 'TUF 1.0.34 §5.4.3.2' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  }),
  forgedRole('snapshot', {
    name: 'a new snapshot that names an old bin',
    by: 'who holds the keys of snapshot and timestamp',
    prepare: (repository) => repository.forge(binOf(repository), {}),
    act: (repository) => repository.rollbackBin(binOf(repository)),
    rind: { code: 'verify.version-rollback', role: 'snapshot', spec: 'TUF 1.0.34 §5.5.5' },
    pythonTuf: { refuses: 'BadVersionNumberError' },
  }),
  forgedRole('snapshot', {
    name: 'a new snapshot without the bin',
    by: 'who holds the keys of snapshot and timestamp',
    act: (repository) => repository.deleteRoleFromSnapshot(binOf(repository)),
    rind: { code: 'verify.role-vanished', role: 'snapshot', spec: 'TUF 1.0.34 §5.5.5' },
    pythonTuf: { refuses: 'RepositoryError' },
  }),
];

/** A bin that says something else of a target than what is served. */
const listings: readonly RepositoryAttack[] = [
  forgedRole('bin', {
    name: 'a bin that lists a page one byte longer than it is',
    by: own,
    act: (repository) =>
      repository.forge(binOf(repository), { change: (signed) => withLength(signed, page, 1) }),
    lie: (repository) => repository.targetObject(page),
    rind: { code: 'target.length-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
    pythonTuf: { refuses: 'LengthOrHashMismatchError' },
  }),
  forgedRole('bin', {
    name: 'a bin that lists a page one byte shorter than it is',
    by: own,
    act: (repository) =>
      repository.forge(binOf(repository), { change: (signed) => withLength(signed, page, -1) }),
    lie: (repository) => repository.targetObject(page),
    rind: { code: 'target.length-mismatch', role: 'bin', spec: 'TUF 1.0.34 §5.7.3' },
    pythonTuf: { refuses: 'DownloadLengthMismatchError' },
  }),
  forgedRole('timestamp', {
    name: 'a timestamp that lists a snapshot one byte shorter than it is',
    by: own,
    act: (repository) =>
      repository.forge('timestamp', { change: (signed) => withSnapshotLength(signed, -1) }),
    lie: (repository) => repository.published('snapshot').path,
    rind: { code: 'verify.length-mismatch', role: 'snapshot', spec: 'TUF 1.0.34 §5.5.1' },
    pythonTuf: { refuses: 'DownloadLengthMismatchError' },
  }),
];

/** Below the folder of the project's files, and out of the repository. */
export const climbingName = `../../../climbed-${wheelName}`;
const honestPage = pageText(project, [{ filename: wheelName, content: `the wheel of ${project}\n` }]);

const climbing = forgedRole('bin', {
  name: 'a page that lists a file whose name climbs out of its folder',
  by: own,
  act(repository) {
    repository.addTarget(page, pageText(project, [{ filename: climbingName, content: 'x' }]));
    repository.publish();
  },
  lie: (repository) => repository.targetObject(page),
  heal(repository) {
    repository.addTarget(page, honestPage);
    repository.publish();
  },
  rind: { code: 'page.malformed', role: 'bin', spec: 'PEP 691' },
  pythonTuf: {
    cannot:
      'it reads no pages; a target path that climbs becomes one plain name in its folder, which a cell checks',
  },
});

export const attacksWithKeys: readonly RepositoryAttack[] = [
  ...expired,
  ...withoutSignature,
  ...revoked,
  ...tooFew,
  ...oneKeyTwice,
  oneKeyTwoIds,
  ...versions,
  ...listings,
  climbing,
];

function article(role: Role): string {
  if (role === 'bins') return 'the role above all bins';
  return role === 'targets' ? 'the top-level targets' : `a ${role}`;
}

function withLength(signed: JsonObject, path: string, by: number): JsonObject {
  const targets = signed['targets'] as Record<string, JsonObject>;
  const target = targets[path];
  if (target === undefined) throw new Error(`${path} is not listed`);
  return { ...signed, targets: { ...targets, [path]: { ...target, length: Number(target['length']) + by } } };
}

function withSnapshotLength(signed: JsonObject, by: number): JsonObject {
  const meta = signed['meta'] as Record<string, JsonObject>;
  const snapshot = meta['snapshot.json'];
  if (snapshot === undefined) throw new Error('snapshot is not listed');
  return {
    ...signed,
    meta: { ...meta, 'snapshot.json': { ...snapshot, length: Number(snapshot['length']) + by } },
  };
}
