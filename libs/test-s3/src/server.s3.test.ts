import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultProxy, startS3Server } from './index.ts';
import type { S3Server } from './index.ts';

describe('the S3 server', () => {
  let folder: string;
  let server: S3Server;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rind-test-s3-'));
    server = await startS3Server({ dataDir: folder });
    await server.createBucket('bucket');
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  it('refuses requests without a signature', async () => {
    const url = `${server.endpoint}/bucket/key`;
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    await expect(access(join(server.bucketDir('bucket'), 'key'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['stop', 'kill'] as const)('is gone after %s and back after a restart', async (end) => {
    const before = server.pid;
    await server[end]();
    await expect(fetch(server.endpoint)).rejects.toThrow();
    await server.restart();
    expect((await fetch(server.endpoint)).status).toBe(403);
    expect(server.pid).not.toBe(before);
  });

  it('is reached through a proxy, which counts what it does', async () => {
    const proxy = await startFaultProxy({ target: server.endpoint });
    try {
      expect((await fetch(proxy.endpoint)).status).toBe(403);
      proxy.failNext(({ path }) => path === '/other', { status: 503 });
      expect((await fetch(proxy.endpoint)).status).toBe(403);
      expect((await fetch(`${proxy.endpoint}/other`)).status).toBe(503);
      proxy.dropReply(() => true);
      await expect(fetch(proxy.endpoint)).rejects.toThrow();
      expect(proxy.counts).toMatchObject({ forwarded: 3, fail: 1, 'drop-reply': 1, 'cut-before': 0 });
    } finally {
      await proxy.stop();
    }
  });
});
