import { defineConfig } from 'vitest/config';
import { LongestFirst } from './vitest.longest-first.ts';

/** Integration tests: real PostgreSQL, real processes; two files at a time, since most of the time goes by waiting. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@rind/source'] },
  ssr: { resolve: { conditions: ['@rind/source', 'node'] } },
  test: {
    include: ['**/{src,test}/**/*.int.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**', '.cache/**', '.rind/**'],
    environment: 'node',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
