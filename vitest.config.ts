import { defineConfig } from 'vitest/config';

/** Unit tests: no sockets, no processes; `*.int.test.ts` and `*.s3.test.ts` belong to runs of their own. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@rind/source'] },
  ssr: { resolve: { conditions: ['@rind/source', 'node'] } },
  test: {
    include: ['**/{src,test}/**/*.test.ts'],
    exclude: [
      '**/dist/**',
      '**/node_modules/**',
      '**/*.int.test.ts',
      '**/*.s3.test.ts',
      '.cache/**',
      '.rind/**',
    ],
    environment: 'node',
    testTimeout: 30_000,
  },
});
