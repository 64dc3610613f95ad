import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unpackUpload } from './testing/fake-process.ts';
import {
  accepted,
  generousAuth,
  startGate,
  token,
  uploadId,
  willingWarehouse,
} from './testing/gate-fixture.ts';
import type { GateFixture } from './testing/gate-fixture.ts';
import { post, wheelBody, wheelName } from './testing/upload-client.ts';

const bytes = new Uint8Array(randomBytes(200_000));
const body = wheelBody(bytes);
const mebibyte = 1_048_576;
let gate: GateFixture;

beforeAll(async () => {
  gate = await startGate({ maxFileBytes: 60 * mebibyte });
});
afterAll(async () => {
  const log = gate.log();
  await gate.stop();
  expect(log).not.toContain(token);
  expect(log).not.toContain('a-value-of-a-password');
});
beforeEach(() => {
  gate.auth.answer(generousAuth);
  gate.warehouse.answer(willingWarehouse);
  gate.auth.calls.length = 0;
  gate.warehouse.calls.length = 0;
});
const nothingLeft = () => vi.waitFor(async () => expect(await gate.spooled()).toEqual([]));

describe('a token for one file that has been used for this one', () => {
  const earlier = '0b3b2ad9-7d0f-4d5e-8f3f-6b0a2b1c4d5e';
  const refused = { code: 'token.used', detail: 'Used.', grantId: earlier };
  const answered = (problem: object) =>
    gate.auth.answer((call) =>
      call.url === '/internal/grants' ? { status: 403, body: problem } : generousAuth(call),
    );

  it('gets the answer of the first upload, and nothing is stored or voided', async () => {
    answered(refused);
    gate.warehouse.answer(() => ({ status: 200, body: { used: true, uploadId } }));
    const answer = await post({ url: gate.url, body });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers['link']).toBe(`</api/v1/uploads/${uploadId}>; rel="monitor"`);
    expect(gate.warehouse.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET /internal/uploads/by-grant/${earlier}`,
    ]);
    expect(gate.auth.callsTo('/void')).toEqual([]);
    await nothingLeft();
  });

  it('is told to come again while the first upload has no end', async () => {
    answered(refused);
    gate.warehouse.answer(() => ({ status: 200, body: { used: false } }));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'upload.under-way']);
    expect(answer.headers['retry-after']).toBe('5');
    gate.warehouse.answer(() => ({ status: 503 }));
    const unknown = await post({ url: gate.url, body });
    expect([unknown.status, unknown.headers['x-rind-error']]).toEqual([503, 'warehouse.unavailable']);
    expect(gate.auth.callsTo('/void')).toEqual([]);
    await nothingLeft();
  });

  it('is refused when it was used for another', async () => {
    answered({ code: 'token.used', detail: 'Used.' });
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.reason, answer.headers['x-rind-error']]).toEqual([
      403,
      'Used.',
      'token.used',
    ]);
    expect(gate.warehouse.calls).toEqual([]);
    await nothingLeft();
  });
});

describe('the grant of an upload', () => {
  const voided = () => gate.auth.callsTo('/void').length;
  const grantId = () => (JSON.parse(gate.auth.callsTo('/grants')[0]!.body.toString()) as { id: string }).id;

  it('is voided when the file was there already', async () => {
    const duplicate = { outcome: 'duplicate', uploadId, grantUsed: false, warnings: [] };
    gate.warehouse.answer(() => ({ status: 200, body: duplicate }));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['link']]).toEqual([
      200,
      `</api/v1/uploads/${uploadId}>; rel="monitor"`,
    ]);
    expect(gate.auth.callsTo('/void').map(({ url }) => url)).toEqual([`/internal/grants/${grantId()}/void`]);
    await nothingLeft();
  });

  it.each([400, 403, 409, 413, 429])('is voided when the warehouse refuses with %i', async (status) => {
    const detail = `File already exists ('${wheelName}', with blake2_256 hash 'ab').`;
    gate.warehouse.answer(() => ({
      status,
      body: { code: 'file.exists', detail },
      headers: { 'Retry-After': '7' },
    }));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.reason, answer.headers['x-rind-error']]).toEqual([
      status,
      detail,
      'file.exists',
    ]);
    expect(answer.headers['retry-after']).toBe('7');
    expect(voided()).toBe(1);
    await nothingLeft();
  });

  it('is voided, and the quarrel kept inside, when the warehouse does not know the gate', async () => {
    gate.warehouse.answer(() => ({ status: 403, body: { code: 'internal.denied', detail: 'door' } }));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'warehouse.unavailable']);
    expect(answer.body).not.toContain('door');
    expect(voided()).toBe(1);
  });

  it.each([
    [
      'an answer of 503',
      { status: 503, body: { code: 'store.full', detail: 'No room' } } as const,
      'store.full',
    ],
    ['an answer of 500', { status: 500 } as const, 'warehouse.unavailable'],
    ['nonsense', { status: 200, body: { yes: true } } as const, 'warehouse.unavailable'],
    ['a broken connection', 'cut' as const, 'warehouse.unavailable'],
  ])('is voided after %s only when the warehouse says that it was not used', async (_what, reply, code) => {
    let known = false;
    gate.warehouse.answer((call) => {
      if (call.method !== 'GET') return reply;
      return known ? { status: 200, body: { used: false } } : { status: 503 };
    });
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, code]);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(voided()).toBe(0);
    expect(await gate.spooled()).toHaveLength(1);
    known = true;
    await nothingLeft();
    expect(voided()).toBe(1);
  });

  it('is not voided after a broken connection when the upload had happened', async () => {
    gate.warehouse.answer((call) => (call.method === 'GET' ? { status: 200, body: { used: true } } : 'cut'));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'warehouse.unavailable']);
    await nothingLeft();
    expect(voided()).toBe(0);
  });

  it('is not voided when the warehouse commits after the connection to it broke', async () => {
    let questions = 0;
    gate.warehouse.answer((call) =>
      call.method === 'GET' ? { status: 200, body: { used: ++questions > 3 } } : 'cut',
    );
    expect(await post({ url: gate.url, body })).toMatchObject({ status: 503 });
    await nothingLeft();
    expect(questions).toBe(4);
    expect(voided()).toBe(0);
  });

  it('answers 200 after a broken connection when the warehouse names the upload', async () => {
    const used = { status: 200, body: { used: true, uploadId } };
    gate.warehouse.answer((call) => (call.method === 'GET' ? used : 'cut'));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['link']]).toEqual([
      200,
      `</api/v1/uploads/${uploadId}>; rel="monitor"`,
    ]);
    await nothingLeft();
    expect(voided()).toBe(0);
  });

  it('is asked about once, and later, when the warehouse says nothing at all', async () => {
    const lonely = await startGate({ warehouseIdleMs: 300 });
    lonely.warehouse.answer(() => new Promise(() => {}));
    const answer = await post({ url: lonely.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'warehouse.unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(lonely.warehouse.callsTo('/by-grant/')).toHaveLength(1);
    expect(lonely.auth.callsTo('/void')).toEqual([]);
    lonely.warehouse.answer(willingWarehouse);
    await vi.waitFor(() => expect(lonely.auth.callsTo('/void')).toHaveLength(1), { timeout: 15_000 });
    await lonely.stop();
  });

  it('is voided under its id when auth’s answer was lost', async () => {
    gate.auth.answer((call) => (call.url.endsWith('/grants') ? 'cut' : generousAuth(call)));
    const answer = await post({ url: gate.url, body });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, 'auth.unavailable']);
    expect(gate.warehouse.callsTo('uploads').filter(({ method }) => method === 'POST')).toEqual([]);
    await nothingLeft();
    expect(gate.auth.callsTo(`/internal/grants/${grantId()}/void`)).toHaveLength(1);
  });
});

describe('a sender', () => {
  it('that goes away in the middle leaves nothing', async () => {
    const socket = connect(gate.port, '127.0.0.1');
    const basic = Buffer.from(`__token__:${token}`).toString('base64');
    socket.write(
      `POST /legacy/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${basic}\r\nContent-Type: multipart/form-data; boundary=a-boundary-of-the-tests\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, 150_000));
    await vi.waitFor(async () => expect(await gate.spooled()).toHaveLength(1));
    socket.destroy();
    await nothingLeft();
    expect(gate.warehouse.calls).toEqual([]);
  });

  it('that goes away after its last byte has uploaded all the same', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    gate.warehouse.answer(async () => {
      await held;
      return accepted;
    });
    const lost = post({ url: gate.url, body, headers: { connection: 'close' } }).catch(() => 'lost');
    await vi.waitFor(() => expect(gate.warehouse.callsTo('uploads')).toHaveLength(1));
    release();
    await lost;
    await nothingLeft();
    expect(gate.auth.callsTo('/void')).toEqual([]);
  });

  it('is one of fifty at once, and each file arrives as it was sent', async () => {
    const files = Array.from({ length: 50 }, (_, i) => new Uint8Array(300_000).fill(i));
    const answers = await Promise.all(files.map((file) => post({ url: gate.url, body: wheelBody(file) })));
    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 200));
    const arrived = gate.warehouse.callsTo('uploads').map((call) => unpackUpload(call.body));
    expect(arrived.map(({ file }) => file[0]).sort((a, b) => a! - b!)).toEqual(files.map((_, i) => i));
    for (const { header, file } of arrived) {
      const { sha256 } = header['digests'] as { sha256: string };
      expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
    }
    await nothingLeft();
  });
});

describe('a gate without room', () => {
  it('refuses when its spool is full, and takes uploads again afterwards', async () => {
    const small = await startGate({ spool: { dir: `${await tmp()}/s`, maxBytes: 300_000 } });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    small.warehouse.answer(async () => {
      await held;
      return accepted;
    });
    const first = post({ url: small.url, body });
    await vi.waitFor(() => expect(small.warehouse.calls).toHaveLength(1));
    const second = await post({ url: small.url, body });
    expect([second.status, second.headers['x-rind-error']]).toEqual([503, 'spool.full']);
    expect(second.headers['retry-after']).toBeDefined();
    release();
    expect((await first).status).toBe(200);
    expect((await post({ url: small.url, body })).status).toBe(200);
    await small.stop();
  });

  it('refuses beyond the uploads it takes at once', async () => {
    const small = await startGate({ maxConcurrentUploads: 1 });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    small.warehouse.answer(async () => {
      await held;
      return accepted;
    });
    const first = post({ url: small.url, body });
    await vi.waitFor(() => expect(small.warehouse.calls).toHaveLength(1));
    const second = await post({ url: small.url, body });
    expect([second.status, second.headers['x-rind-error']]).toEqual([503, 'gate.busy']);
    release();
    expect((await first).status).toBe(200);
    await small.stop();
  });

  it('refuses a sender that falls silent', async () => {
    const impatient = await startGate({ bodyIdleMs: 200 });
    const { Readable } = await import('node:stream');
    const stalled = new Readable({ read() {} });
    stalled.push(body.subarray(0, 10_000));
    const answer = await post({ url: impatient.url, body: stalled });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([408, 'upload.too-slow']);
    expect(await impatient.spooled()).toEqual([]);
    await impatient.stop();
  });

  it.each(['auth', 'warehouse'] as const)(
    'says 503 while %s is away, keeps nothing, and recovers',
    async (who) => {
      const lonely = await startGate();
      await lonely[who].stop();
      const answer = await post({ url: lonely.url, body });
      expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, `${who}.unavailable`]);
      expect(answer.headers['retry-after']).toBeDefined();
      if (who === 'warehouse') expect(lonely.auth.callsTo('/void')).toHaveLength(1);
      await sleep(50);
      expect(await lonely.spooled()).toEqual([]);
      expect(lonely.log()).not.toContain(token);
      await lonely.stop();
    },
  );
});

async function tmp(): Promise<string> {
  const { mkdtemp } = await import('node:fs/promises');
  return mkdtemp('/tmp/gate-small-');
}
