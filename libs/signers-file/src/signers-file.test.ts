import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { verifySignature } from '@rind/crypto';
import { fromHex, systemRandomness, toHex, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { signerContract } from '@rind/signing-port/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { derInteger, derOid } from './der.ts';
import { createKeyFile, openKeyFile, openKeyFileSync, publicPathOf } from './index.ts';

const passphrase = 'correct horse battery staple';
const failsWith = (code: string) => expect.objectContaining({ code });
const newKey = (path: string, randomness = systemRandomness) =>
  createKeyFile({ path, passphrase, randomness, role: 'snapshot' });

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rind-keys-'));
  path = join(folder, 'snapshot.pem');
});
afterEach(() => rm(folder, { recursive: true }));

signerContract('a key file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rind-keys-'));
  await newKey(join(dir, 'snapshot.pem'));
  const signer = await openKeyFile({ path: join(dir, 'snapshot.pem'), passphrase });
  return { signer, cleanup: () => rm(dir, { recursive: true }) };
});

describe('creating', () => {
  it('writes a private half for the owner alone and a public half for all', async () => {
    const created = await newKey(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(created.publicPath).toBe(join(folder, 'snapshot.pub.json'));
    expect(JSON.parse(await readFile(created.publicPath, 'utf8'))).toEqual(created.key);
    const opened = await openKeyFile({ path, passphrase });
    expect(opened.key).toEqual(created.key);
    expect(opened.keyId).toBe(created.keyId);
  });

  it('gives the key of the seed it was given (RFC 8032 §7.1, test 1)', async () => {
    const seed = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    let first = true;
    const randomness: Randomness = {
      bytes(length) {
        if (!first) return systemRandomness.bytes(length);
        first = false;
        return Uint8Array.from(seed);
      },
    };
    const { key } = await newKey(path, randomness);
    expect(key.keyval.public).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(toHex(seed));
    expect(text).not.toContain(Buffer.from(seed).toString('base64').slice(0, 20));
  });

  it('overwrites neither half', async () => {
    await newKey(path);
    const before = await readFile(path);
    await expect(newKey(path)).rejects.toEqual(failsWith('key.denied'));
    expect(await readFile(path)).toEqual(before);

    const other = join(folder, 'other.pem');
    await writeFile(publicPathOf(other), 'mine');
    await expect(newKey(other)).rejects.toEqual(failsWith('key.denied'));
    expect(await readFile(publicPathOf(other), 'utf8')).toBe('mine');
    expect(await readdir(folder)).not.toContain('other.pem');
  });

  it('refuses an empty passphrase and a folder that is not there', async () => {
    const options = { path, passphrase: '', randomness: systemRandomness, role: 'root' };
    await expect(createKeyFile(options)).rejects.toEqual(failsWith('key.denied'));
    await expect(newKey(join(folder, 'no/such.pem'))).rejects.toEqual(failsWith('key.denied'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps a strange role from breaking the file', async () => {
    const role = 'a\n-----BEGIN PRIVATE KEY-----\nb';
    await createKeyFile({ path, passphrase, randomness: systemRandomness, role });
    await expect(openKeyFile({ path, passphrase })).resolves.toBeDefined();
  });

  it.each([
    ['keys/root.pem', 'keys/root.pub.json'],
    ['keys/root.key', 'keys/root.pub.json'],
    ['keys/root', 'keys/root.pub.json'],
    ['keys.pem/root', 'keys.pem/root.pub.json'],
  ])('the public half of %s is %s', (privatePath, expected) => {
    expect(publicPathOf(privatePath)).toBe(expected);
  });
});

describe('opening', () => {
  it('refuses a wrong passphrase, and the error holds neither passphrase nor key', async () => {
    await newKey(path);
    const error: unknown = await openKeyFile({ path, passphrase: 'a wrong passphrase' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'key.denied', details: { key: path } });
    const base64 = (await readFile(path, 'utf8')).split('\n')[2]!;
    for (const secret of ['a wrong passphrase', passphrase, base64]) {
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    }
  });

  it('says that a file is missing', async () => {
    await expect(openKeyFile({ path, passphrase })).rejects.toEqual(failsWith('key.missing'));
  });

  it.each([0o640, 0o604, 0o644, 0o660, 0o601])('refuses a file with mode %o', async (mode) => {
    await newKey(path);
    await chmod(path, mode);
    await expect(openKeyFile({ path, passphrase })).rejects.toEqual(failsWith('key.denied'));
  });

  it('takes a file that its owner cannot write', async () => {
    await newKey(path);
    await chmod(path, 0o400);
    await expect(openKeyFile({ path, passphrase })).resolves.toBeDefined();
  });

  it.each(['', 'junk', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n'])(
    'refuses the content %j',
    async (content) => {
      await writeFile(path, content, { mode: 0o600 });
      await expect(openKeyFile({ path, passphrase })).rejects.toEqual(failsWith('key.denied'));
    },
  );

  it('refuses a folder and a huge file', async () => {
    await chmod(folder, 0o700);
    await expect(openKeyFile({ path: folder, passphrase })).rejects.toEqual(failsWith('key.denied'));
    await writeFile(path, new Uint8Array(100_000), { mode: 0o600 });
    await expect(openKeyFile({ path, passphrase })).rejects.toEqual(failsWith('key.denied'));
  });

  it('refuses a key of another kind', async () => {
    const pem = generateKeyPairSync('x25519').privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase,
    });
    await writeFile(path, pem, { mode: 0o600 });
    const details = { key: path, expected: 'ed25519', found: 'x25519' };
    await expect(openKeyFile({ path, passphrase })).rejects.toMatchObject({
      code: 'key.wrong-kind',
      details,
    });
  });

  it('takes what OpenSSL or Node encrypted', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    await writeFile(path, pem, { mode: 0o600 });
    const signer = openKeyFileSync({ path, passphrase });
    const message = utf8('message');
    expect(verifySignature(signer.key, message, fromHex(signer.signSync(message).sig))).toBe(true);
  });

  it('refuses a key that is not encrypted', async () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(path, pem, { mode: 0o600 });
    await expect(openKeyFile({ path, passphrase })).rejects.toEqual(failsWith('key.denied'));
  });
});

describe('the file', () => {
  it('makes guessing passphrases cost 16 MiB each (scrypt, N = 16,384, r = 8, p = 1)', async () => {
    await newKey(path);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const der = Buffer.from(lines.filter((line) => /^[A-Za-z0-9+/=]+$/.test(line)).join(''), 'base64');
    const parameters = [16_384, 8, 1, 32].map((value) => toHex(derInteger(value))).join('');
    expect(der.toString('hex')).toContain(toHex(derOid('1.3.6.1.4.1.11591.4.11')));
    expect(der.toString('hex')).toContain(parameters);
  });

  it('uses a new salt and a new vector each time', async () => {
    const other = join(folder, 'other.pem');
    await newKey(path);
    await newKey(other);
    const [first, second] = await Promise.all([path, other].map((each) => readFile(each, 'utf8')));
    expect(first!.split('\n')[3]).not.toBe(second!.split('\n')[3]);
  });
});
