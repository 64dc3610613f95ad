import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, systemRandomness } from '@rind/kernel';
import { DataDir } from '../instance/data-dir.ts';
import { LocalAuthority } from './local-authority.ts';

const dayMs = 86_400_000;
const startMs = 1_800_000_000_000;

let data: DataDir;
let clock: FakeClock;

beforeEach(() => {
  data = new DataDir(mkdtempSync(join(tmpdir(), 'rind-authority-')));
  clock = new FakeClock(startMs);
});
afterEach(() => rmSync(data.path, { recursive: true }));

const open = (): Promise<LocalAuthority> => LocalAuthority.open(data, systemRandomness, clock);
const written = (): X509Certificate => new X509Certificate(readFileSync(data.authorityFile));

describe('The authority of a data folder', () => {
  it('signs certificates of this machine, each with a key of its own', async () => {
    const authority = await open();
    const [first, second] = [await authority.serverCertificate(), await authority.serverCertificate()];
    const server = new X509Certificate(first.cert);
    expect(server.verify(written().publicKey)).toBe(true);
    expect(server.checkIssued(written())).toBe(true);
    expect([server.ca, server.subjectAltName]).toEqual([false, 'DNS:localhost, IP Address:127.0.0.1']);
    expect(Date.parse(server.validTo)).toBe(startMs + 30 * dayMs);
    expect(first.key).not.toBe(second.key);
    expect(first.key).not.toBe(readFileSync(data.authorityKeyFile, 'utf8'));
  });

  it('stays, with its key closed, until the last month', async () => {
    await open();
    const { fingerprint256, validTo } = written();
    expect(statSync(data.authorityKeyFile).mode & 0o777).toBe(0o600);
    expect(Date.parse(validTo)).toBe(startMs + 3_650 * dayMs);
    clock.advance(3_619 * dayMs);
    await open();
    expect(written().fingerprint256).toBe(fingerprint256);
    clock.advance(dayMs);
    await open();
    expect(written().fingerprint256).not.toBe(fingerprint256);
  });

  it.each(['certificate', 'key'] as const)('is whole again when its %s is gone', async (lost) => {
    await open();
    const { fingerprint256 } = written();
    rmSync(lost === 'key' ? data.authorityKeyFile : data.authorityFile);
    const authority = await open();
    expect(written().fingerprint256).not.toBe(fingerprint256);
    const { cert } = await authority.serverCertificate();
    expect(new X509Certificate(cert).verify(written().publicKey)).toBe(true);
  });
});
