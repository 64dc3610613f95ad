import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatabases } from '../test-support/real-databases.ts';
import type { RealDatabases } from '../test-support/real-databases.ts';
import type { DatabaseName } from './migrate.ts';

let databases: RealDatabases;

beforeAll(async () => {
  databases = await startDatabases();
  await loadEngine();
});

afterAll(() => databases?.postgres.destroy());

describe('the schema of the clients', () => {
  /** Tables that only hand-written statements touch. */
  const unmodelled: Readonly<Record<DatabaseName, readonly string[]>> = {
    index: [
      'signer.applied_grant',
      'signer.condemned',
      'signer.cursor',
      'signer.publication_bin',
      'signer.publication_grant',
      'signer.publication_path',
      'signer.publication_project',
      'signer.signature_log',
      'signer.unproven_bin',
      'signer.unreferenced',
      'warehouse.rendered_description',
      'warehouse.search_document',
    ],
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
    const url = databases.url(which, 'owner');
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

/** Prisma's own comparison, from its WebAssembly build: nothing is fetched. Loaded once: its bindings keep state. */
async function loadEngine(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': engineBindings as unknown as WebAssembly.ModuleImports,
  });
  const bindings = engineBindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
}

function schemaEngine(url: string, schema: string): Promise<engineBindings.SchemaEngine> {
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
      const columns = fields.map(({ name, dataTypeID }) =>
        dataTypeID === charOid ? `"${name}"::text` : `"${name}"`,
      );
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
