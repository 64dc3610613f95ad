import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, sdist } from './uploads.ts';

let instance: RunningInstance;
let downloads: string;

beforeAll(async () => {
  instance = await RunningInstance.start({ args: ['--bins', '64', '--tls'] });
  downloads = mkdtempSync(join(tmpdir(), 'rind-tls-'));
});
afterAll(async () => {
  await instance?.destroy();
  if (downloads !== undefined) rmSync(downloads, { recursive: true });
});

const authority = (): string => readFileSync(instance.file.ca!, 'utf8');
const fingerprint = (): string => new X509Certificate(authority()).fingerprint256;

/** Status of the answer, or the code of the error. */
function ask(url: string, trusted?: string[]): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { agent: false, ...(trusted === undefined ? {} : { ca: trusted }) };
    const sent = url.startsWith('https:') ? requestHttps(url, options) : requestHttp(url, options);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}

function certificate(): Promise<PeerCertificate> {
  const { hostname, port } = new URL(instance.file.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), ca: [authority()] }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('An instance with --tls', () => {
  it('has https in every public address, and names its authority', () => {
    const { file } = instance;
    expect(file.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    for (const address of [file.upload, file.metadata, file.targets]) {
      expect(address.startsWith(`${file.url}/`)).toBe(true);
    }
    expect(file.ca).toBe(join(instance.dataDir, 'tls', 'ca.pem'));
    expect(instance.printed).toContain(`RIND READY ${file.url}\n`);
    expect(instance.printed).toContain(`REQUESTS_CA_BUNDLE=${file.ca} pip install --index-url ${file.url}`);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'answers at %s those who trust the authority, and only them',
    async (host) => {
      const url = `https://${host}:${new URL(instance.file.url).port}/api/v1/status`;
      expect(await ask(url, [authority()])).toBe(200);
      expect(await ask(url, [])).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    },
  );

  it('speaks no plain http, and goes on after who tries', async () => {
    const status = `${instance.file.url}/api/v1/status`;
    expect(await ask(status.replace('https:', 'http:'))).toBe('ECONNRESET');
    expect(await ask(status, [authority()])).toBe(200);
  });

  it('has an authority for this machine alone, whose key nobody else can read', async () => {
    const own = new X509Certificate(authority());
    expect([own.ca, own.subject]).toEqual([true, expect.stringMatching(/^CN=Rind development CA /)]);
    expect(own.raw.includes(Buffer.from('localhost'))).toBe(true);
    const mode = (name: string): number => statSync(join(instance.dataDir, 'tls', name)).mode & 0o777;
    expect([mode('ca.key'), mode('ca.pem')]).toEqual([0o600, 0o644]);
    const { subjectaltname, valid_from, valid_to } = await certificate();
    expect(subjectaltname).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(Date.parse(valid_to) - Date.parse(valid_from)).toBeLessThan(31 * 86_400_000);
  });

  it('takes uploads, and `rind` needs to be told nothing', async () => {
    await publish(instance.file, 'over-tls', '1.0');
    const data = ['--data', instance.dataDir, '--json'];
    const status = await rind(['status', ...data]);
    expect([status.exitCode, jsonLines(status)[0]]).toMatchObject([0, { healthy: true }]);
    const got = await rind(['get', 'over-tls', ...data], { cwd: downloads });
    expect([got.exitCode, got.stderr]).toEqual([0, '']);
    expect(statSync(join(downloads, 'over_tls-1.0.tar.gz')).size).toBeGreaterThan(0);
    const { filename, bytes } = sdist('over-tls', '2.0');
    writeFileSync(join(downloads, filename), bytes);
    const env = { RIND_TOKEN: instance.file.token, TWINE_PASSWORD: '' };
    const sent = await rind(['upload', join(downloads, filename), ...data], { env });
    expect([sent.exitCode, sent.stderr]).toEqual([0, '']);
  });

  it('keeps its authority when it starts again, and has a new certificate', async () => {
    const before = { authority: fingerprint(), server: (await certificate()).fingerprint256 };
    await instance.stop();
    instance = await RunningInstance.start({ dataDir: instance.dataDir, args: ['--tls'] });
    expect(fingerprint()).toBe(before.authority);
    expect((await certificate()).fingerprint256).not.toBe(before.server);
  });

  it('speaks http again without the option', async () => {
    await instance.stop();
    instance = await RunningInstance.start({ dataDir: instance.dataDir, args: [] });
    expect([instance.file.ca, new URL(instance.file.url).protocol]).toEqual([null, 'http:']);
    expect(await ask(`${instance.file.url}/api/v1/status`)).toBe(200);
  });
});
