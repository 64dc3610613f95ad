import { defineConfig } from 'vitest/config';

/** Unit tests: no sockets, no processes; `*.int.test.ts` belongs to the integration run. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@rind/source'] },
  ssr: { resolve: { conditions: ['@rind/source', 'node'] } },
  test: {
    include: ['**/{src,test}/**/*.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**', '**/*.int.test.ts', '.cache/**', '.rind/**'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
