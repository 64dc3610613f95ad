import { defineConfig } from 'vitest/config';

/** Integration tests: real PostgreSQL, real processes; one file at a time so that two cores suffice. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@rind/source'] },
  ssr: { resolve: { conditions: ['@rind/source', 'node'] } },
  test: {
    include: ['**/{src,test}/**/*.int.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**', '.cache/**', '.rind/**'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
