import { grantMessage, serializeSignedGrant } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import type { OutboxRow } from '@rind/queue-port';
import type { Signer } from '@rind/signing-port';
import { testSigner } from './test-keys.ts';

export const authKey = testSigner('auth');
export const operatorKey = testSigner('operator');
export const repository = 'test';

const newFile = {
  digests: { sha256: 'a'.repeat(64), sha512: 'b'.repeat(128), blake2b256: 'c'.repeat(64) },
  length: 3,
  uploadedAt: '2026-01-01T00:00:00.000000Z',
};

/** The n-th grant for `demo-<n>.tar.gz`: to add it, unless `over` says otherwise. */
export function grantOf(n: number, over: Partial<Grant> = {}): Grant {
  const { verb = 'add' } = over;
  return {
    v: 1,
    repository,
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    seq: n,
    verb,
    project: 'demo',
    filename: `demo-${n}.tar.gz`,
    ...(verb === 'add' || verb === 'import' ? newFile : {}),
    actor: 'demo',
    how: 'token:1',
    iat: 1_800_000_000,
    exp: 1_800_600_000,
    ...over,
  } as Grant;
}

/** An outbox row that carries `grant`, signed by `signer`. */
export async function rowOf(id: number, grant: Grant, signer: Signer = authKey): Promise<OutboxRow> {
  const { keyid, sig } = await signer.sign(grantMessage(grant));
  return {
    id,
    uploadId: `upload ${id}`,
    targetPath: `packages/${grant.project}/${grant.filename ?? ''}`,
    envelope: serializeSignedGrant({ grant, keyid, sig }),
    coreMetadataSha256: null,
    provenanceSha256: null,
    enqueuedAtMs: 1_800_000_000_000 + id,
  };
}
