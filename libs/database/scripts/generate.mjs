import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Generates the database clients into src/generated when a schema changed; otherwise only looks. */
const lib = dirname(dirname(fileURLToPath(import.meta.url)));
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');
const prisma = join(dirname(prismaPackage), 'build', 'index.js');

for (const name of ['index', 'auth']) {
  const folder = join(lib, 'prisma', name);
  const schema = readFileSync(join(folder, 'schema.prisma'));
  // The package's description changes with its version: another generator, another client.
  const hash = createHash('sha256').update(schema).update(readFileSync(prismaPackage)).digest('hex');
  const target = join(lib, 'src', 'generated', name);
  const mark = join(target, '.schema-hash');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) continue;
  const result = spawnSync(
    process.execPath,
    [prisma, 'generate', '--config', join(folder, 'prisma.config.ts')],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    process.exit(result.status ?? 1);
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(mark, hash);
}
