import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashHex, ed25519FromSeed, ed25519PublicKey, ed25519Sign, keyIdOf } from '@rind/crypto';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { grantMessage, serializeSignedGrant } from '@rind/index-model';
import type { Grant, SignedGrant } from '@rind/index-model';
import { systemRandomness, toHex, utf8, uuidV4 } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { readSignedOutput, readSignedPage } from './signed-output.ts';
import { publish, sdist } from './uploads.ts';

/**
 * A thief with everything that the warehouse's database role and its place in the store allow. Each attempt is
 * well-formed: the control of its group shows that the same statement, honest, is published, or that the same
 * statement works for the owner of the tables.
 */
let instance: RunningInstance;
let thief: Pool;
let owner: Pool;

beforeAll(async () => {
  instance = await RunningInstance.start({
    env: { RIND_RECONCILE_INTERVAL_MS: '200', RIND_UNAPPLIED_ALARM_MS: '1500' },
  });
  thief = openPool(instance.file.db.warehouse, { max: 2, name: 'thief' });
  const { database } = JSON.parse(readFileSync(join(instance.dataDir, 'secrets.json'), 'utf8')) as {
    database: { owner: string };
  };
  const ownerUrl = new URL(instance.file.db.warehouse);
  ownerUrl.username = 'rind_owner';
  ownerUrl.password = database.owner;
  owner = openPool(ownerUrl.href, { max: 2, name: 'owner' });
  await publish(instance.file, 'victim', '1.0', { requires_python: '>=3.8' });
});

afterAll(async () => {
  await thief?.close();
  await owner?.close();
  await instance?.destroy();
});

const victimPath = 'packages/victim/victim-1.0.tar.gz';

async function auditCount(event: string, target: string): Promise<number> {
  const { rows } = await owner.query<{ n: string }>(
    `SELECT count(*) AS n FROM signer.audit WHERE event = $1 AND target = $2`,
    [event, target],
  );
  return Number(rows[0]!.n);
}

/** Rows as the warehouse writes them. */
async function enqueue(
  targetPath: string,
  envelope: Uint8Array,
  grantId = uuidV4(systemRandomness),
): Promise<string> {
  const uploadId = uuidV4(systemRandomness);
  await thief.query(`INSERT INTO warehouse.upload (id, grant_id, target_path) VALUES ($1, $2, $3)`, [
    uploadId,
    grantId,
    targetPath,
  ]);
  await thief.query(`INSERT INTO signer.outbox (upload_id, target_path, envelope) VALUES ($1, $2, $3)`, [
    uploadId,
    targetPath,
    Buffer.from(envelope),
  ]);
  await thief.query(`NOTIFY rind_outbox`);
  return uploadId;
}

async function outcomeOf(uploadId: string): Promise<{ state: string; reason: string | null }> {
  let row: { state: string; reason: string | null } | undefined;
  await instance.until('the signer decides', async () => {
    const { rows } = await owner.query<{ state: string; reason: string | null }>(
      `SELECT state, reason FROM signer.outbox WHERE upload_id = $1`,
      [uploadId],
    );
    row = rows[0];
    return row?.state === 'published' || row?.state === 'set-aside';
  });
  return row!;
}

/** A grant that auth really issued, as the gate would get it. */
async function genuineGrant(project: string, filename: string, bytes: Uint8Array): Promise<SignedGrant> {
  const { gateAuth } = JSON.parse(readFileSync(join(instance.dataDir, 'secrets.json'), 'utf8')) as {
    gateAuth: string;
  };
  const response = await fetch(`${instance.file.endpoints.auth}/internal/grants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateAuth}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      token: instance.file.token,
      project,
      filename,
      digests: {
        sha256: hashHex('sha256', bytes),
        sha512: hashHex('sha512', bytes),
        blake2b256: hashHex('blake2b-256', bytes),
      },
      length: bytes.length,
      requiresPython: null,
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { grant: SignedGrant }).grant;
}

/** What the thief may do in the store: create package objects. */
function placeBlob(project: string, sha256: string, filename: string, bytes: Uint8Array): void {
  const folder = join(instance.file.store.path, 'targets', 'packages', project);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${sha256}.${filename}`), bytes, { flag: 'wx' });
}

function forgedBy(seed: Uint8Array, grant: Grant): SignedGrant {
  const sig = toHex(ed25519Sign(seed, grantMessage(grant)));
  return { grant, keyid: keyIdOf(ed25519PublicKey(ed25519FromSeed(seed).publicKey)), sig };
}

describe('rows that the thief can write', () => {
  it('publishes an honest one: the control', async () => {
    const file = sdist('control', '1.0');
    const grant = await genuineGrant('control', file.filename, file.bytes);
    placeBlob('control', hashHex('sha256', file.bytes), file.filename, file.bytes);
    const id = await enqueue(
      `packages/control/${file.filename}`,
      serializeSignedGrant(grant),
      grant.grant.id,
    );
    expect(await outcomeOf(id)).toEqual({ state: 'published', reason: null });
    expect(readSignedOutput(instance.file.store.path).targets.has(`packages/control/${file.filename}`)).toBe(
      true,
    );
  });

  it('cannot publish a refused upload, whose grant was voided', async () => {
    const file = sdist('refused', '1.0');
    const { gateAuth } = JSON.parse(readFileSync(join(instance.dataDir, 'secrets.json'), 'utf8')) as {
      gateAuth: string;
    };
    const grant = await genuineGrant('refused', file.filename, file.bytes);
    const voided = await fetch(`${instance.file.endpoints.auth}/internal/grants/${grant.grant.id}/void`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateAuth}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'refused' }),
    });
    expect(voided.status).toBe(204);
    placeBlob('refused', hashHex('sha256', file.bytes), file.filename, file.bytes);
    const path = `packages/refused/${file.filename}`;
    const id = await enqueue(path, serializeSignedGrant(grant), grant.grant.id);
    expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'grant.voided' });
    expect(await auditCount('grant.invalid', path)).toBe(1);
    expect(readSignedOutput(instance.file.store.path).targets.has(path)).toBe(false);
  });

  it('refuses a grant signed by a key of the thief’s own, and one with another key’s name on it', async () => {
    const before = readSignedOutput(instance.file.store.path).targets;
    const file = sdist('forged', '1.0');
    const path = `packages/forged/${file.filename}`;
    const genuine = await genuineGrant('forged', file.filename, file.bytes);
    placeBlob('forged', hashHex('sha256', file.bytes), file.filename, file.bytes);
    const seed = systemRandomness.bytes(32);
    const own = forgedBy(seed, { ...genuine.grant, id: uuidV4(systemRandomness) });
    for (const envelope of [own, { ...own, keyid: genuine.keyid }]) {
      const id = await enqueue(path, serializeSignedGrant(envelope));
      expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'grant.invalid' });
    }
    expect(await auditCount('grant.invalid', path)).toBe(2);
    expect(readSignedOutput(instance.file.store.path).targets).toEqual(before);
  });

  it('refuses bytes that are no grant at all', async () => {
    const id = await enqueue('packages/victim/garbage', utf8('{"grant":'));
    expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'grant.invalid' });
  });

  it('refuses a grant that was applied before', async () => {
    const { rows } = await thief.query<{ envelope: Buffer }>(
      `SELECT envelope FROM signer.outbox WHERE target_path = $1 AND state = 'published'`,
      [victimPath],
    );
    const id = await enqueue(victimPath, rows[0]!.envelope);
    expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'grant.replayed' });
    expect(await auditCount('grant.replayed', victimPath)).toBe(1);
  });

  it('refuses a genuine grant when the store holds other bytes, or none', async () => {
    const before = readSignedOutput(instance.file.store.path).targets;
    const file = sdist('swapped', '1.0');
    const path = `packages/swapped/${file.filename}`;
    const missing = await genuineGrant('swapped', file.filename, file.bytes);
    const first = await enqueue(path, serializeSignedGrant(missing), missing.grant.id);
    expect(await outcomeOf(first)).toEqual({ state: 'set-aside', reason: 'blob.missing' });
    const other = utf8('x'.repeat(file.bytes.length));
    placeBlob('swapped', hashHex('sha256', file.bytes), file.filename, other);
    const grant = await genuineGrant('swapped', file.filename, file.bytes);
    const second = await enqueue(path, serializeSignedGrant(grant), grant.grant.id);
    expect(await outcomeOf(second)).toEqual({ state: 'set-aside', reason: 'blob.mismatch' });
    expect([await auditCount('blob.missing', path), await auditCount('blob.mismatch', path)]).toEqual([1, 1]);
    expect(readSignedOutput(instance.file.store.path).targets).toEqual(before);
  });

  it('refuses a genuine grant under another path than its own', async () => {
    const file = sdist('misplaced', '1.0');
    const grant = await genuineGrant('misplaced', file.filename, file.bytes);
    placeBlob('misplaced', hashHex('sha256', file.bytes), file.filename, file.bytes);
    const id = await enqueue(victimPath, serializeSignedGrant(grant), grant.grant.id);
    expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'grant.mismatch' });
  });

  it('refuses a second file under a path that was signed, even with auth’s own signature', async () => {
    const file = sdist('victim', '1.0', 'other bytes');
    const before = readSignedOutput(instance.file.store.path).targets;
    const grant = await genuineGrant('victim', file.filename, file.bytes);
    placeBlob('victim', hashHex('sha256', file.bytes), file.filename, file.bytes);
    const id = await enqueue(victimPath, serializeSignedGrant(grant), grant.grant.id);
    expect(await outcomeOf(id)).toEqual({ state: 'set-aside', reason: 'path.rewritten' });
    expect(await auditCount('path.rewritten', victimPath)).toBe(1);
    expect(readSignedOutput(instance.file.store.path).targets).toEqual(before);
  });

  it('signs granted facts only: lies in the warehouse’s own row change nothing and raise an alarm', async () => {
    const file = sdist('liar', '1.0');
    const grant = await genuineGrant('liar', file.filename, file.bytes);
    const sha256 = hashHex('sha256', file.bytes);
    placeBlob('liar', sha256, file.filename, file.bytes);
    const path = `packages/liar/${file.filename}`;
    await thief.query(`INSERT INTO warehouse.project (name, display_name) VALUES ('liar', 'liar')`);
    await thief.query(
      `INSERT INTO warehouse.file (id, project, version, filename, target_path, package_type, python_version, length,
         sha256, sha512, blake2b256, md5, requires_python, uploaded_at, uploader, form)
       VALUES ($1, 'liar', '1.0', $2, $3, 'sdist', 'source', 1, $4, $5, $6, $7, '<2', '2000-01-01Z', 'thief', '{}')`,
      [
        uuidV4(systemRandomness),
        file.filename,
        path,
        sha256,
        hashHex('sha512', file.bytes),
        hashHex('blake2b-256', file.bytes),
        hashHex('md5', file.bytes),
      ],
    );
    const id = await enqueue(path, serializeSignedGrant(grant), grant.grant.id);
    expect((await outcomeOf(id)).state).toBe('published');
    const page = readSignedPage(instance.file.store.path, 'liar');
    expect(page.files).toEqual([
      expect.objectContaining({
        size: file.bytes.length,
        'upload-time': grant.grant.uploadedAt,
        yanked: false,
      }),
    ]);
    expect(page.files[0]).not.toHaveProperty('requires-python');
    await instance.until('the lie is noticed', async () => (await auditCount('grant.mismatch', path)) === 1);
  });

  it('notices a file whose row never came, and a grant that never reached the queue', async () => {
    const file = sdist('swallowed', '1.0');
    await genuineGrant('swallowed', file.filename, file.bytes);
    await instance.until(
      'row.vanished',
      async () => (await auditCount('row.vanished', 'packages/control/control-1.0.tar.gz')) === 1,
    );
    await instance.until(
      'grant.unapplied',
      async () => (await auditCount('grant.unapplied', `packages/swallowed/${file.filename}`)) === 1,
    );
  });
});

describe('rows that are not the thief’s to write', () => {
  const statements: readonly (readonly [string, string])[] = [
    ['requires-python', `UPDATE warehouse.file SET requires_python = '<3'`],
    [
      'the digest of a file',
      `UPDATE warehouse.file SET sha256 = repeat('0', 64) WHERE filename = 'victim-1.0.tar.gz'`,
    ],
    ['upload time', `UPDATE warehouse.file SET uploaded_at = now()`],
    ['a file', `DELETE FROM warehouse.upload WHERE file_id IS NULL`],
    ['a request', `DELETE FROM signer.outbox`],
    ['the state of a request', `UPDATE signer.outbox SET state = 'pending'`],
    [
      'a request that was published',
      `INSERT INTO signer.outbox (upload_id, target_path, envelope, state)
      VALUES (gen_random_uuid(), 'x', 'x', 'published')`,
    ],
    ['yanked', `UPDATE signer.path SET yanked = true`],
    ['a signed fact', `UPDATE signer.path SET requires_python = '<3'`],
    ['a signed path', `DELETE FROM signer.path`],
    ['a project’s status', `UPDATE signer.project SET status = 'archived'`],
    ['a publication', `UPDATE signer.publication SET state = 'open'`],
    ['a version', `UPDATE signer.role SET next_version = 1`],
    ['a bin’s version', `UPDATE signer.bin SET version = 1`],
    ['the lease', `UPDATE signer.lease SET fence = fence + 1`],
    ['the audit log', `DELETE FROM signer.audit`],
    ['an audit entry', `INSERT INTO signer.audit (event) VALUES ('nothing.happened')`],
    ['an applied grant', `DELETE FROM signer.applied_grant`],
    ['the signature log', `DELETE FROM signer.signature_log`],
  ];

  it.each(statements)('the database refuses to change %s', async (_name, statement) => {
    await expect(thief.query(statement)).rejects.toMatchObject({ code: 'database.denied' });
    // The same statement is well-formed: the owner of the tables can run it (and takes it back).
    const undone = new Error('undone');
    await expect(
      owner.transaction(async (sql) => {
        await sql.query(statement);
        throw undone;
      }),
    ).rejects.toBe(undone);
  });

  it('leaves the signed output as it was', async () => {
    const { targets } = readSignedOutput(instance.file.store.path);
    expect(targets.get(victimPath)).toBe(hashHex('sha256', sdist('victim', '1.0').bytes));
    expect(readSignedPage(instance.file.store.path, 'victim').files).toEqual([
      expect.objectContaining({ 'requires-python': '>=3.8', yanked: false }),
    ]);
  });
});
