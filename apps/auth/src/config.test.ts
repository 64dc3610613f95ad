import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRindError } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

let folder: string;
let env: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'auth-config-'));
  writeFileSync(join(folder, 'passphrase'), 'correct horse \n');
  writeFileSync(join(folder, 'seal'), `${'5a'.repeat(32)}\n`);
  writeFileSync(join(folder, 'short'), '5a5a');
  env = {
    RIND_LISTEN_PORT: '0',
    RIND_REPOSITORY: 'demo',
    RIND_DATABASE_URL: 'postgres://rind_auth:x@127.0.0.1/rind_auth',
    RIND_GRANT_KEY_FILE: '/nowhere.pem',
    RIND_KEY_PASSPHRASE_FILE: join(folder, 'passphrase'),
    RIND_SEAL_KEY_FILE: join(folder, 'seal'),
    RIND_GATE_AUTH_SECRET: 'g'.repeat(32),
    RIND_SIGNER_AUTH_SECRET: 's'.repeat(32),
    RIND_OPERATOR_AUTH_SECRET: 'o'.repeat(32),
    RIND_WAREHOUSE_URL: 'http://127.0.0.1:8458',
    RIND_AUTH_ORIGIN: 'http://localhost:8459',
    RIND_MAIL: 'development',
    RIND_TOKEN_LOCATION: 'localhost',
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('auth’s configuration', () => {
  it('reads secrets from their files, without the line feed at the end', () => {
    const config = readConfig(env);
    expect(config.sealKey).toEqual(new Uint8Array(32).fill(0x5a));
    expect(config.grantKey.passphrase).toBe('correct horse ');
  });

  it.each([
    ['RIND_SEAL_KEY_FILE', 'short'],
    ['RIND_SEAL_KEY_FILE', 'missing'],
    ['RIND_KEY_PASSPHRASE_FILE', 'missing'],
  ])('refuses %s naming a file that is %s, and shows nothing of it', (name, file) => {
    const error = refusalOf({ ...env, [name]: join(folder, file) });
    expect(isRindError(error, 'config.invalid')).toBe(true);
    expect(error).toMatchObject({ details: { problems: [{ name }] } });
    expect(JSON.stringify(error) + String(error)).not.toContain('5a5a');
  });

  it('keeps mails in development, and sends them by the server that a file names', () => {
    expect(readConfig(env)).toMatchObject({ mailbox: true, smtp: null });
    writeFileSync(join(folder, 'smtp'), 'smtps://rind:p%40ss@mail.example\n');
    const smtp = { ...env, RIND_MAIL: 'smtp', RIND_SMTP_URL_FILE: join(folder, 'smtp') };
    const from = 'Rind <accounts@index.example>';
    expect(readConfig({ ...smtp, RIND_MAIL_FROM: from })).toMatchObject({
      mailbox: false,
      smtp: { url: 'smtps://rind:p%40ss@mail.example', from },
    });
    expect(refusalOf(smtp)).toMatchObject({ details: { problems: [{ name: 'RIND_MAIL_FROM' }] } });
    for (const odd of ['http://mail.example', 'smtp://', 'smtps://p@ss w@rd']) {
      writeFileSync(join(folder, 'odd'), odd);
      const error = refusalOf({ ...smtp, RIND_MAIL_FROM: from, RIND_SMTP_URL_FILE: join(folder, 'odd') });
      expect([odd, error]).toMatchObject([odd, { code: 'config.invalid' }]);
    }
    for (const sender of ['', 'x', 'a@b\r\nBcc: c@d', 'a@b, c@d']) {
      expect(refusalOf({ ...smtp, RIND_MAIL_FROM: sender })).toMatchObject({ code: 'config.invalid' });
    }
  });

  it('lists no issuers unless it is told to, and has the host of the index as audience', () => {
    expect(readConfig(env).oidc).toEqual({ issuers: [], audience: 'localhost' });
    expect(readConfig({ ...env, RIND_TOKEN_LOCATION: 'index.example:8457' }).oidc.audience).toBe(
      'index.example',
    );
    expect(readConfig({ ...env, RIND_OIDC_AUDIENCE: 'rind' }).oidc.audience).toBe('rind');
  });

  it('reads issuers from their file', () => {
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    const listed = [
      { issuer: 'https://token.actions.githubusercontent.com', kind: 'github' },
      { issuer: 'https://git.example/lab', kind: 'gitlab', ca: join(folder, 'ca.pem') },
      { issuer: 'http://127.0.0.1:5', kind: 'generic', jwksUri: 'http://localhost:6/keys' },
    ];
    writeFileSync(join(folder, 'issuers.json'), JSON.stringify(listed));
    expect(readConfig({ ...env, RIND_OIDC_ISSUERS_FILE: join(folder, 'issuers.json') }).oidc.issuers).toEqual(
      [
        { url: 'https://token.actions.githubusercontent.com', kind: 'github', jwksUri: null, ca: null },
        { url: 'https://git.example/lab', kind: 'gitlab', jwksUri: null, ca: 'PEM' },
        { url: 'http://127.0.0.1:5', kind: 'generic', jwksUri: 'http://localhost:6/keys', ca: null },
      ],
    );
  });

  it.each([
    ['nothing', ''],
    ['no list', '{}'],
    ['two keys of one name', '[{"issuer":"https://a.example","kind":"github","kind":"gitlab"}]'],
    ['an unknown kind', '[{"issuer":"https://a.example","kind":"google"}]'],
    ['an unknown member', '[{"issuer":"https://a.example","kind":"github","audience":"x"}]'],
    ['plain http', '[{"issuer":"http://a.example","kind":"github"}]'],
    ['keys by plain http', '[{"issuer":"https://a.example","kind":"github","jwksUri":"http://a.example/"}]'],
    ['a name that only looks local', '[{"issuer":"http://localhost.a.example","kind":"github"}]'],
    ['a query', '[{"issuer":"https://a.example/?x","kind":"github"}]'],
    ['a user', '[{"issuer":"https://u@a.example","kind":"github"}]'],
    [
      'an issuer twice',
      '[{"issuer":"https://a.example","kind":"github"},{"issuer":"https://a.example","kind":"gitlab"}]',
    ],
    [
      'certificates that are not there',
      '[{"issuer":"https://a.example","kind":"github","ca":"/nowhere.pem"}]',
    ],
  ])('refuses a file of issuers with %s', (_what, text) => {
    const path = join(folder, 'bad-issuers.json');
    writeFileSync(path, text);
    expect(refusalOf({ ...env, RIND_OIDC_ISSUERS_FILE: path })).toMatchObject({
      code: 'config.invalid',
      details: { problems: [{ name: 'RIND_OIDC_ISSUERS_FILE' }] },
    });
  });

  it('keeps no keys in files in production', () => {
    expect(refusalOf({ ...env, NODE_ENV: 'production' })).toMatchObject({
      code: 'config.development-only',
      details: { variables: ['RIND_GRANT_KEY_FILE'] },
    });
  });
});

function refusalOf(environment: Record<string, string>): unknown {
  try {
    return readConfig(environment);
  } catch (thrown) {
    return thrown;
  }
}
