import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServer } from './local-server.ts';
import { serveStore } from './store-server.ts';

let folder: string;
let server: LocalServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rind-store-server-'));
  for (const name of ['metadata', 'targets/packages', 'private']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'metadata', 'timestamp.json'), '{}');
  writeFileSync(join(folder, 'targets', 'packages', 'a+b-1.0.tar.gz'), 'bytes');
  writeFileSync(join(folder, 'private', 'key'), 'secret');
  server = await serveStore(folder);
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the plain server of a store', () => {
  it.each([
    ['metadata/timestamp.json', 200, '{}'],
    ['targets/packages/a%2Bb-1.0.tar.gz', 200, 'bytes'],
    ['metadata/2.root.json', 404, ''],
    ['targets/packages', 404, ''],
    ['private/key', 404, ''],
    ['metadata/..%2Fprivate/key', 404, ''],
    ['', 404, ''],
  ])('answers %s with %i', async (path, status, body) => {
    const answer = await fetch(server.url + path);
    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });
});
