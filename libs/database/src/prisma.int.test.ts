import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { startTestPostgres } from '@rind/embedded-postgres';
import type { TestPostgres } from '@rind/embedded-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import type { DatabaseName } from './migrate.ts';
import { openAuthPrisma, openIndexPrisma } from './prisma.ts';
import type { AuthPrisma, IndexPrisma } from './prisma.ts';
import { ensureRoles } from './roles.ts';
import { toDatabaseError } from './to-database-error.ts';

const passwords = { owner: 'o', warehouse: 'w', signer: 's', auth: 'a' };
const id = '00000000-0000-4000-8000-000000000001';
let postgres: TestPostgres;
let index: IndexPrisma;
let auth: AuthPrisma;

beforeAll(async () => {
  postgres = await startTestPostgres();
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  for (const which of ['index', 'auth'] as const) {
    await migrate({ ownerUrl: postgres.url(`rind_${which}`, 'rind_owner', 'o'), which });
  }
  index = openIndexPrisma(postgres.url('rind_index', 'rind_warehouse', 'w'));
  auth = openAuthPrisma(postgres.url('rind_auth', 'rind_auth', 'a'));
});

afterAll(async () => {
  await index?.$disconnect();
  await auth?.$disconnect();
  await postgres?.destroy();
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
    const facts = { version: '1', packageType: 'sdist', pythonVersion: 'source', length: 3n, md5: 'd', uploader: 'a' };
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
    const upload = await index.upload.findUniqueOrThrow({ where: { id }, include: { file: true } });
    expect(upload.file).toMatchObject({ length: 3n, projectName: 'six', form: { fields: [] } });
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
        db.outbox.create({ data: { uploadId: id, targetPath: 'x', envelope: Uint8Array.of(), state: 'published' } }),
      { code: 'database.denied' },
    ],
    [
      'a row that refers to nothing',
      (db: IndexPrisma) => db.upload.create({ data: { id, fileId: id.replace('1', '2'), grantId: id, targetPath: 'x' } }),
      { code: expect.stringMatching(/^database\.(conflict|failed)$/) as string },
    ],
    [
      'a connection cut in the middle',
      (db: IndexPrisma) => db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`,
      { code: 'database.unavailable' },
    ],
    [
      'a connection cut inside a transaction',
      (db: IndexPrisma) => db.$transaction((tx) => tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`),
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
    const grant = { id, seq: 1n, verb: 'add', project: 'six', targetPath: 'x', envelope: Uint8Array.of(1), expiresAt };
    await auth.grantLog.create({ data: grant });
    await auth.grantVoid.create({ data: { grantId: id, reason: 'refused' } });
    expect(await auth.grantLog.count({ where: { voided: null } })).toBe(0);
    expect(await failure(auth.grantLog.update({ where: { id }, data: { seq: 2n } }))).toMatchObject({
      code: 'database.denied',
    });
    expect(await failure(auth.grantVoid.delete({ where: { grantId: id } }))).toMatchObject({ code: 'database.denied' });
  });
});

describe('the schema of the clients', () => {
  /** Tables that only hand-written statements touch. */
  const unmodelled: Readonly<Record<DatabaseName, readonly string[]>> = {
    index: [
      'applied_grant',
      'cursor',
      'publication_bin',
      'publication_grant',
      'publication_path',
      'publication_project',
      'signature_log',
    ].map((table) => `signer.${table}`),
    auth: [],
  };
  /** Prisma cannot compare a default that it is told to leave to the database with the one that is there. */
  const sameDefaults = {
    index: `-- AlterTable
ALTER TABLE "signer"."outbox" ALTER COLUMN "enqueued_at" SET DEFAULT now(),
ALTER COLUMN "state" SET DEFAULT 'pending'::text;`,
    auth: '-- This is an empty migration.',
  };

  it.each(['index', 'auth'] as const)('of database %s is what the migrations make', async (which) => {
    const url = postgres.url(`rind_${which}`, 'rind_owner', 'o');
    const path = fileURLToPath(new URL(`../prisma/${which}/schema.prisma`, import.meta.url));
    const content = readFileSync(path, 'utf8');
    const engine = await schemaEngine(url, content);
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files: [{ path, content }], configDir: dirname(path) },
      to: { tag: 'schemaDatamodel', files: [{ path, content }] },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: [...unmodelled[which]], externalEnums: [] },
    } as Parameters<typeof engine.diff>[0]);
    expect(stdout?.trim()).toBe(sameDefaults[which]);
  });
});

/** Prisma's own comparison, from its WebAssembly build: nothing is fetched. */
async function schemaEngine(url: string, schema: string): Promise<engineBindings.SchemaEngine> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': engineBindings as unknown as WebAssembly.ModuleImports,
  });
  const bindings = engineBindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  const factory = bindMigrationAwareSqlAdapterFactory(readingChars(new PrismaPg({ connectionString: url })));
  return engineBindings.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, factory);
}

/** The catalogs have columns of type "char", which the adapter does not know and the engine asks for. */
function readingChars(factory: PrismaPg): PrismaPg {
  const charOid = 18;
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      try {
        return await queryRaw(query);
      } catch (error) {
        if ((error as { cause?: { kind?: string } }).cause?.kind !== 'UnsupportedNativeDataType') throw error;
      }
      const inner = query.sql.trim().replace(/;$/, '');
      const { fields } = await adapter
        .underlyingDriver()
        .query({ text: `SELECT * FROM (${inner}) AS q LIMIT 0`, values: query.args });
      const columns = fields.map(({ name, dataTypeID }) => (dataTypeID === charOid ? `"${name}"::text` : `"${name}"`));
      const result = await queryRaw({ ...query, sql: `SELECT ${columns.join(', ')} FROM (${inner}) AS q` });
      const columnTypes = fields.map(({ dataTypeID }, at) =>
        dataTypeID === charOid ? ColumnTypeEnum.Character : result.columnTypes[at]!,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  };
  return factory;
}
