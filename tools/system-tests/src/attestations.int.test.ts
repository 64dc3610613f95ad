import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519PublicKey, hashHex, keyIdOf } from '@rind/crypto';
import {
  grantMessage,
  grantedToPublisher,
  parseProjectPage,
  serializeSignedGrant,
  uploadTime,
} from '@rind/index-model';
import type { Grant, PageFile } from '@rind/index-model';
import { concatBytes, fromUtf8, systemClock, systemRandomness, toHex, utf8, uuidV4 } from '@rind/kernel';
import { attestation } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, receiptOf, sdist, upload } from './uploads.ts';

let instance: RunningInstance;
beforeAll(async () => {
  instance = await RunningInstance.start();
});
afterAll(() => instance?.destroy());

const publisher = {
  kind: 'GitHub',
  claims: { repository: 'owner/demo', workflow: 'release.yml', environment: null },
};

type File = ReturnType<typeof sdist>;

function attested({ filename, bytes }: File): string {
  return JSON.stringify([attestation({ filename, sha256: hashHex('sha256', bytes) })]);
}

async function pageFile(project: string): Promise<PageFile> {
  const answer = await fetch(`${instance.file.url}/simple/${project}/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  return parseProjectPage(new Uint8Array(await answer.arrayBuffer())).files[0]!;
}

/** What auth will sign for a trusted publisher. Nobody can ask for it yet, so the test signs with auth's own key. */
function signed(fields: Partial<Grant>): Uint8Array {
  const keys = join(instance.dataDir, 'keys');
  const passphrase = readFileSync(join(keys, 'passphrase'), 'utf8').trim();
  const key = createPrivateKey({ key: readFileSync(join(keys, 'auth', 'grant.pem')), passphrase });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = ed25519PublicKey(new Uint8Array(Buffer.from(x!, 'base64url')));
  const nowMs = systemClock().nowMs();
  const iat = Math.floor(nowMs / 1_000);
  const grant = {
    v: 1,
    repository: instance.file.repository,
    id: uuidV4(systemRandomness),
    seq: nowMs * 1_000,
    verb: 'add',
    actor: 'demo',
    how: grantedToPublisher(publisher),
    uploadedAt: uploadTime(nowMs),
    iat,
    exp: iat + 604_800,
    ...fields,
  } as Grant;
  const sig = toHex(new Uint8Array(sign(null, grantMessage(grant), key)));
  return serializeSignedGrant({ grant, keyid: keyIdOf(publicKey), sig });
}

/** An upload as the gate hands it on once auth has allowed it. */
async function handOn(project: string, file: File): Promise<{ uploadId: string }> {
  const { filename, bytes } = file;
  const digests = {
    sha256: hashHex('sha256', bytes),
    sha512: hashHex('sha512', bytes),
    blake2b256: hashHex('blake2b-256', bytes),
  };
  const grant = signed({ project: project as Grant['project'], filename, digests, length: bytes.length });
  const header = utf8(
    JSON.stringify({
      fields: [
        [':action', 'file_upload'],
        ['metadata_version', '2.1'],
        ['name', project],
        ['version', '1.0'],
        ['filetype', 'sdist'],
        ['pyversion', 'source'],
        ['sha256_digest', digests.sha256],
        ['attestations', attested(file)],
      ],
      filename,
      contentType: 'application/gzip',
      digests: { ...digests, md5: hashHex('md5', bytes) },
      length: bytes.length,
      grant: JSON.parse(fromUtf8(grant)) as object,
      actor: 'demo',
    }),
  );
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length);
  const secrets = JSON.parse(readFileSync(join(instance.dataDir, 'secrets.json'), 'utf8')) as {
    gateWarehouse: string;
  };
  const answer = await fetch(`${instance.file.endpoints.warehouse}/internal/uploads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secrets.gateWarehouse}`,
      'content-type': 'application/vnd.rind.upload',
    },
    body: concatBytes(length, header, bytes).slice(),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { uploadId: string };
}

describe('attestations', () => {
  it('are refused from an API token, in PyPI’s words; the same file without them is taken', async () => {
    const file = sdist('by-token', '1.0');
    const refused = await upload(instance.file, 'by-token', '1.0', file, { attestations: attested(file) });
    expect([refused.status, refused.code]).toEqual([400, 'attestations.untrusted']);
    expect(refused.text).toBe(
      '400 Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing\n',
    );
    await publish(instance.file, 'by-token', '1.0');
    expect(await pageFile('by-token')).not.toHaveProperty('provenanceSha256');
  });

  it('of a trusted publisher are served, and the signed page holds their checksum', async () => {
    const { uploadId } = await handOn('by-publisher', sdist('by-publisher', '1.0'));
    expect((await receiptOf(instance.file, `/api/v1/uploads/${uploadId}`)).state).toBe('verifiable');
    const url = `${instance.file.url}/integrity/by-publisher/1.0/by_publisher-1.0.tar.gz/provenance`;
    const answer = await fetch(url, { headers: { accept: 'application/vnd.pypi.integrity.v1+json' } });
    expect(answer.status).toBe(200);
    const provenance = new Uint8Array(await answer.arrayBuffer());
    expect((await pageFile('by-publisher')).provenanceSha256).toBe(hashHex('sha256', provenance));
    expect(JSON.parse(fromUtf8(provenance))).toMatchObject({
      attestation_bundles: [{ publisher: { kind: 'GitHub', repository: 'owner/demo' } }],
    });
  });

  it('leave an index that an audit finds in order, and that rind installs from', async () => {
    const { dataDir } = instance;
    const audit = await rind(['fsck', '--targets', 'all', '--database', '--data', dataDir, '--json']);
    expect([audit.exitCode, audit.stderr]).toEqual([0, '']);
    const { url, root } = instance.file;
    const outside = await rind(['fsck', url, '--root', root, '--targets', 'all', '--json']);
    const counts = [audit, outside].map((outcome) => jsonLines(outcome)[0]?.['checked']);
    expect(outside.exitCode).toBe(0);
    expect(counts).toMatchObject([{ provenance: 0 }, { provenance: 1 }]);
    const got = await rind(['get', 'by-publisher', '--data', dataDir, '--out', join(dataDir, 'got')]);
    expect(got.exitCode).toBe(0);
    const file = sdist('by-publisher', '1.0');
    expect(new Uint8Array(readFileSync(join(dataDir, 'got', file.filename)))).toEqual(file.bytes);
  });
});
