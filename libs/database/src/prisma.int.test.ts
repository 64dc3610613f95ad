import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatabases } from '../test-support/real-databases.ts';
import type { RealDatabases } from '../test-support/real-databases.ts';
import { openAuthPrisma, openIndexPrisma } from './prisma.ts';
import type { AuthPrisma, IndexPrisma } from './prisma.ts';
import { toDatabaseError } from './to-database-error.ts';

const id = '00000000-0000-4000-8000-000000000001';
const absent = '00000000-0000-4000-8000-000000000002';
const upload = { grantId: id, targetPath: 'x' };
let databases: RealDatabases;
let index: IndexPrisma;
let auth: AuthPrisma;

beforeAll(async () => {
  databases = await startDatabases();
  index = openIndexPrisma(databases.url('index', 'warehouse'));
  auth = openAuthPrisma(databases.url('auth', 'auth'));
});

afterAll(async () => {
  await index?.$disconnect();
  await auth?.$disconnect();
  await databases?.postgres.destroy();
});

/** The error that `work` ends with, as ours. */
async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => toDatabaseError(error),
  );
}

describe('the client of database index, as the warehouse', () => {
  it('writes project, file, upload and outbox in one transaction, and reads them back', async () => {
    const facts = {
      version: '1',
      packageType: 'sdist',
      pythonVersion: 'source',
      length: 3n,
      md5: 'd',
      uploader: 'a',
    };
    const hashes = { sha256: 'a', sha512: 'b', blake2b256: 'c' };
    const targetPath = 'packages/six/six-1.tar.gz';
    await index.$transaction(async (tx) => {
      await tx.project.create({ data: { name: 'six', displayName: 'Six' } });
      await tx.file.create({
        data: {
          id,
          projectName: 'six',
          filename: 'six-1.tar.gz',
          targetPath,
          uploadedAt: '2026-01-02T03:04:05Z',
          form: { fields: [] },
          ...facts,
          ...hashes,
        },
      });
      await tx.upload.create({ data: { id, fileId: id, grantId: id, targetPath, sha256: 'a' } });
      await tx.outbox.create({ data: { uploadId: id, targetPath, envelope: Uint8Array.of(1, 2) } });
    });
    const found = await index.upload.findUniqueOrThrow({ where: { id }, include: { file: true } });
    expect(found.file).toMatchObject({ length: 3n, projectName: 'six', form: { fields: [] } });
    const [row] = await index.outbox.findMany({ where: { uploadId: id } });
    expect(row).toMatchObject({ state: 'pending', publicationId: null, targetPath });
    expect([...row!.envelope]).toEqual([1, 2]);
  });

  it.each([
    [
      'a name that is taken',
      (db: IndexPrisma) => db.project.create({ data: { name: 'six', displayName: 'again' } }),
      { code: 'database.conflict', details: { constraint: 'project_pkey' } },
    ],
    [
      'an edited fact',
      (db: IndexPrisma) => db.project.update({ where: { name: 'six' }, data: { displayName: 'other' } }),
      { code: 'database.denied' },
    ],
    [
      'a state of its own choice',
      (db: IndexPrisma) =>
        db.outbox.create({
          data: { uploadId: id, targetPath: 'x', envelope: Uint8Array.of(), state: 'published' },
        }),
      { code: 'database.denied' },
    ],
    [
      'a row that refers to nothing',
      (db: IndexPrisma) => db.upload.create({ data: { ...upload, id: absent, fileId: absent } }),
      { code: 'database.failed', details: { sqlState: '23503' } },
    ],
    [
      'a connection cut in the middle',
      (db: IndexPrisma) => db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`,
      { code: 'database.unavailable' },
    ],
    [
      'a connection cut inside a transaction',
      (db: IndexPrisma) =>
        db.$transaction((tx) => tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`),
      { code: 'database.unavailable' },
    ],
  ])('reports %s, and works on', async (_, work, expected) => {
    expect(await failure(work(index))).toMatchObject(expected);
    expect(await index.project.count()).toBe(1);
  });

  it('reports an address where nothing listens', async () => {
    const nowhere = openIndexPrisma('postgres://x:y@127.0.0.1:1/z');
    expect(await failure(nowhere.project.count())).toMatchObject({ code: 'database.unavailable' });
    await nowhere.$disconnect();
  });
});

describe('the client of database auth', () => {
  it('appends to the log of grants, and cannot change what is in it', async () => {
    const expiresAt = '2026-01-02T03:04:05Z';
    const grant = {
      id,
      seq: 1n,
      verb: 'add',
      project: 'six',
      targetPath: 'x',
      envelope: Uint8Array.of(1),
      expiresAt,
    };
    await auth.grantLog.create({ data: grant });
    await auth.grantVoid.create({ data: { grantId: id, reason: 'refused' } });
    expect(await auth.grantLog.count({ where: { voided: null } })).toBe(0);
    expect(await failure(auth.grantLog.update({ where: { id }, data: { seq: 2n } }))).toMatchObject({
      code: 'database.denied',
    });
    expect(await failure(auth.grantVoid.delete({ where: { grantId: id } }))).toMatchObject({
      code: 'database.denied',
    });
  });
});
