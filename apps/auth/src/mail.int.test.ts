import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '@rind/nest-kit';
import { systemRandomness } from '@rind/kernel';
import { Outbox } from './mail/outbox.ts';
import { Postman } from './mail/postman.ts';
import { Smtp } from './mail/smtp.ts';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';

interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

let auth: AuthFixture;
let outbox: Outbox;
let server: SMTPServer;
let port: number;
let taken: Taken[];
/** What the server says to a recipient, or to the mail itself. */
let refuse: { readonly at: 'recipient' | 'data'; readonly code: number } | null;
let postmen: Postman[];
let log: string;
beforeAll(async () => {
  auth = await startAuth();
  outbox = new Outbox({ vault: auth.vault, clock: auth.clock, randomness: systemRandomness });
});
afterAll(() => auth.stop());
beforeEach(async () => {
  [taken, refuse, postmen, log] = [[], null, [], ''];
  await auth.owner.query('TRUNCATE auth.mail');
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'rind' && password === 'p@ss' ? done(null, { user: 'rind' }) : done(refusal(535)),
    onRcptTo: (_address, _session, done) => done(refuse?.at === 'recipient' ? refusal(refuse.code) : null),
    onData(stream, { envelope }, done) {
      let source = '';
      stream.on('data', (bytes: Buffer) => (source += bytes.toString('utf8')));
      stream.on('end', () => {
        if (refuse?.at === 'data') return done(refusal(refuse.code));
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
        done(null);
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  ({ port } = server.server.address() as AddressInfo);
});
afterEach(async () => {
  for (const postman of postmen) await postman.stop();
  await new Promise<void>((resolve) => server.close(resolve));
});

function refusal(responseCode: number): Error {
  return Object.assign(new Error('not taken'), { responseCode });
}

function postman(login = ''): Postman {
  const url = `smtp://${login}127.0.0.1:${port}`;
  const smtp = new Smtp({ url, from: 'Rind <accounts@index.test>' });
  const logger = createLogger({ process: 'auth', clock: auth.clock, write: (line) => (log += line) });
  const made = new Postman({ sql: auth.pool, clock: auth.clock, logger, outbox, smtp });
  postmen.push(made);
  return made;
}

const put = (to: string, subject = 'Subject', text = 'Text\n\nhttp://localhost/x?token=secret') =>
  outbox.put(auth.pool, to, { subject, text });
const rows = async () =>
  (
    await auth.pool.query<{ sent: boolean; attempts: number; bytes: number }>(
      'SELECT sent_at IS NOT NULL AS sent, attempts, length(sealed) AS bytes FROM auth.mail ORDER BY number',
    )
  ).rows;

describe('mails that wait', () => {
  it('are sent once each, and nothing of what they said is kept', async () => {
    await put('one@example.org', 'Füße ✓');
    await put('two@example.org');
    await postman().deliver();
    await postman().deliver();
    expect(taken.map(({ from, to }) => [from, to])).toEqual([
      ['accounts@index.test', ['one@example.org']],
      ['accounts@index.test', ['two@example.org']],
    ]);
    expect(taken[0]!.source).toMatch(/^Message-ID: <[0-9a-f-]{36}@index\.test>$/m);
    expect(taken[0]!.source).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(await rows()).toEqual([
      { sent: true, attempts: 1, bytes: 0 },
      { sent: true, attempts: 1, bytes: 0 },
    ]);
  });

  it('are sent once also by several processes at once', async () => {
    for (let n = 0; n < 40; n++) await put(`person-${n}@example.org`);
    await Promise.all(Array.from({ length: 4 }, () => postman().deliver()));
    expect(taken).toHaveLength(40);
    expect(new Set(taken.map(({ to }) => to.join())).size).toBe(40);
  });

  it('go with a login where the server wants one', async () => {
    await put('one@example.org');
    await postman('rind:p%40ss@').deliver();
    expect(taken).toHaveLength(1);
    await put('two@example.org');
    await postman('rind:wrong@').deliver();
    expect((await rows()).map(({ sent }) => sent)).toEqual([true, false]);
  });

  it.each([
    ['a recipient is refused for now', { at: 'recipient', code: 450 }],
    ['the mail is refused for now', { at: 'data', code: 451 }],
  ] as const)('are tried again later when %s', async (_what, answer) => {
    await put('one@example.org');
    refuse = answer;
    const one = postman();
    await one.deliver();
    refuse = null;
    await one.deliver();
    expect(taken).toHaveLength(0);
    auth.clock.advance(30_000);
    await one.deliver();
    expect(taken).toHaveLength(1);
    expect(await rows()).toEqual([{ sent: true, attempts: 2, bytes: 0 }]);
  });

  it.each([
    ['the recipient', { at: 'recipient', code: 550 }],
    ['the mail', { at: 'data', code: 554 }],
  ] as const)('are given up when the server will never take %s', async (_what, answer) => {
    await put('one@example.org');
    refuse = answer;
    await postman().deliver();
    expect(await rows()).toEqual([{ sent: true, attempts: 1, bytes: 0 }]);
    expect(log).toContain('mail.given-up');
  });

  it('outlive a server that is away, with longer and longer waits, for three days', async () => {
    await put('one@example.org');
    await new Promise<void>((resolve) => server.close(resolve));
    const one = postman();
    let tries = 0;
    for (let hour = 0; hour < 80; hour++) {
      await one.deliver();
      auth.clock.advance(3_600_000);
      const [row] = await rows();
      tries = row!.attempts;
      if (row!.sent) break;
    }
    expect(tries).toBeGreaterThan(50);
    expect(tries).toBeLessThan(80);
    expect(await rows()).toEqual([{ sent: true, attempts: tries, bytes: 0 }]);
    expect(log).not.toContain('secret');
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
  });

  it('are of another process after one that died while it sent', async () => {
    await put('one@example.org');
    await auth.pool.query('UPDATE auth.mail SET attempts = 1, next_try_at = $1', [
      new Date(auth.clock.nowMs() + 5 * 60_000),
    ]);
    await postman().deliver();
    expect(taken).toHaveLength(0);
    auth.clock.advance(5 * 60_000);
    await postman().deliver();
    expect(taken).toHaveLength(1);
  });
});

describe('a mail', () => {
  it('has one recipient and the headers that we gave it, whatever is in its fields', async () => {
    await put(
      'one@example.org, two@example.org',
      'Hello\r\nBcc: three@example.org',
      'Text\r\n.\r\nMAIL FROM:<x>',
    );
    await postman().deliver();
    for (const { to, source } of taken) {
      expect(to).not.toContain('two@example.org');
      expect(to).not.toContain('three@example.org');
      expect(source).not.toMatch(/^Bcc:/im);
    }
    expect(taken.length).toBeLessThan(2);
  });
});
