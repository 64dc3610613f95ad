import { defineConfig } from 'vitest/config';
import { LongestFirst } from './vitest.longest-first.ts';

/** Tests against a real S3 server, which is built with Go at first: not part of `npm test`, which needs nothing else. Two files at a time. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@rind/source'] },
  ssr: { resolve: { conditions: ['@rind/source', 'node'] } },
  test: {
    include: ['**/{src,test}/**/*.s3.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**', '.cache/**', '.rind/**'],
    environment: 'node',
    globalSetup: ['libs/test-s3/src/before-all.ts'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
