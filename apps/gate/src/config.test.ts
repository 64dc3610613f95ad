import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const env = {
  RIND_LISTEN_PORT: '0',
  RIND_REPOSITORY: 'demo',
  RIND_AUTH_URL: 'http://127.0.0.1:1',
  RIND_WAREHOUSE_URL: 'http://127.0.0.1:2/',
  RIND_GATE_AUTH_SECRET: 'a'.repeat(32),
  RIND_GATE_WAREHOUSE_SECRET: 'w'.repeat(32),
  RIND_SPOOL_DIR: '/tmp/spool',
};

describe('the gate’s configuration', () => {
  it('has limits that nobody need set', () => {
    expect(readConfig(env)).toMatchObject({
      maxFileBytes: 104_857_600,
      spool: { dir: '/tmp/spool', maxBytes: 4_294_967_296 },
      warehouse: { url: 'http://127.0.0.1:2' },
    });
  });

  it.each(Object.keys(env))('names %s when it is missing', (name) => {
    expect(() => readConfig({ ...env, [name]: undefined })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        details: { problems: [{ name, problem: 'is missing' }] },
      }),
    );
  });
});
