import { serializeSignedGrant } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, signGrant } from '../../test/upload-client.ts';
import type { Answer } from '../../test/upload-client.ts';
import { authSeed, operatorSeed, startWarehouse, strangerSeed } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
beforeAll(async () => void (warehouse = await startWarehouse()));
afterAll(() => warehouse.stop());

const revoke: Partial<Grant> = { verb: 'revoke', project: 'six' as ProjectName, filename: 'six-1.0.tar.gz' };
const verbatim = 'application/vnd.rind.grant+json';

function post(body: Uint8Array, type = verbatim): Promise<Answer> {
  return send(`${warehouse.url}/api/v1/grants`, {
    method: 'POST',
    headers: { 'Content-Type': type, 'Content-Length': body.length },
    body,
  });
}

function signed(fields: Partial<Grant>, seed = operatorSeed): Uint8Array {
  return serializeSignedGrant(signGrant(fields, seed, warehouse.clock.nowMs()));
}

async function requests(): Promise<{ target_path: string; envelope: Buffer; upload_id: string }[]> {
  const { rows } = await warehouse.admin.query<{ target_path: string; envelope: Buffer; upload_id: string }>(
    'SELECT target_path, envelope, upload_id FROM signer.outbox ORDER BY id',
  );
  return rows;
}

describe('an operator’s grant', () => {
  it.each([verbatim, 'application/json'])(
    'as %s is queued in its very bytes, with a receipt',
    async (type) => {
      const body = signed(revoke);
      const answer = await post(body, type);
      const id = answer.json()['id'] as string;
      expect([answer.status, answer.headers['link']]).toEqual([
        202,
        `</api/v1/uploads/${id}>; rel="monitor"`,
      ]);
      const request = (await requests()).at(-1)!;
      expect(request).toMatchObject({ target_path: 'packages/six/six-1.0.tar.gz', upload_id: id });
      expect(new Uint8Array(request.envelope)).toEqual(body);
      const receipt = await send(`${warehouse.url}/api/v1/uploads/${id}`);
      expect(receipt.json()).toMatchObject({
        state: 'accepted',
        sha256: null,
        targetPath: 'packages/six/six-1.0.tar.gz',
      });
    },
  );

  it.each(['yank', 'unyank', 'delete', 'restore'] as const)(
    'or one of auth to %s is queued',
    async (verb) => {
      const body = signed({ ...revoke, verb }, authSeed);
      const [first, again] = [await post(body), await post(body)];
      expect([first.status, again.json()['id']]).toEqual([202, first.json()['id']]);
      expect(new Uint8Array((await requests()).at(-1)!.envelope)).toEqual(body);
    },
  );

  it('about a project is a request for its page', async () => {
    await post(signed({ verb: 'status', project: 'six' as ProjectName, status: 'archived' }));
    expect((await requests()).at(-1)).toMatchObject({ target_path: 'simple/six/index.json' });
  });

  it('that is posted again, or ten times at once, is queued once', async () => {
    const body = signed(revoke);
    const before = (await requests()).length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body)));
    expect(new Set(answers.map((answer) => answer.json()['id'])).size).toBe(1);
    expect((await requests()).length).toBe(before + 1);
  });

  it.each<[string, () => Uint8Array, number, string]>([
    ['of a stranger', () => signed(revoke, strangerSeed), 403, 'grant.unknown-key'],
    [
      'of auth to add a file',
      () =>
        signed(
          {
            verb: 'add',
            project: 'six' as ProjectName,
            filename: 'six-2.0.tar.gz',
            length: 1,
            digests: { sha256: 'a'.repeat(64), sha512: 'a'.repeat(128), blake2b256: 'a'.repeat(64) },
            uploadedAt: '2026-11-21T00:00:00.000000Z',
          },
          authSeed,
        ),
      403,
      'grant.not-operator',
    ],
    ['of auth to revoke', () => signed(revoke, authSeed), 403, 'grant.verb-not-allowed'],
    [
      'to add',
      () =>
        signed({
          ...revoke,
          verb: 'add',
          filename: 'six-2.0.tar.gz',
          length: 1,
          digests: { sha256: 'a'.repeat(64), sha512: 'a'.repeat(128), blake2b256: 'a'.repeat(64) },
          uploadedAt: '2026-11-21T00:00:00.000000Z',
        }),
      403,
      'grant.verb-not-allowed',
    ],
    [
      'for another repository',
      () => signed({ ...revoke, repository: 'other.rind' }),
      403,
      'grant.wrong-repository',
    ],
    ['that has expired', () => signed({ ...revoke, iat: 1, exp: 2 }), 403, 'grant.expired'],
    [
      'that is not canonical',
      () => utf8(` ${new TextDecoder().decode(signed(revoke))}`),
      400,
      'grant.malformed',
    ],
    ['that is none', () => utf8('{}'), 400, 'grant.malformed'],
    ['that is nothing', () => new Uint8Array(0), 400, 'grant.malformed'],
    ['of more than 16 KiB', () => new Uint8Array(16_385).fill(32), 413, 'request.too-large'],
  ])('%s is refused', async (_what, make, status, code) => {
    const before = (await requests()).length;
    const answer = await post(make());
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([status, code]);
    expect((await requests()).length).toBe(before);
  });
});
