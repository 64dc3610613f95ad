import { defineConfig } from 'prisma/config';

// `generate` needs no engine; naming any existing file keeps the tool from fetching one.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'schema.prisma',
  datasource: { url: 'postgresql://localhost/rind_index' },
});
