import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { FileMetadataStore, HttpFetcher } from '@rind/client-node';
import { Updater } from '@rind/client';
import { messageOf } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { SupervisorError } from '../instance/errors.ts';
import { demoFiles, demoProject, demoVersion } from './archives.ts';
import type { DemoFile } from './archives.ts';

export interface DemoParts {
  readonly publicUrl: string;
  readonly token: string;
  /** Where the files are kept, so that a person can upload them again by hand. */
  readonly folder: string;
  readonly rootBytes: Uint8Array;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const verifyTimeoutSeconds = 60;

/** Uploads the demo project through the public address and waits until a client verifies it. */
export async function seedDemo(parts: DemoParts): Promise<void> {
  for (const file of demoFiles()) {
    writeFileSync(join(parts.folder, file.filename), file.bytes);
    await upload(parts, file);
  }
  await verify(parts);
}

async function upload({ publicUrl, token }: DemoParts, file: DemoFile): Promise<void> {
  const form = new FormData();
  for (const [name, value] of [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['metadata_version', '2.1'],
    ['name', demoProject],
    ['version', demoVersion],
    ['filetype', file.filetype],
    ['pyversion', file.pyversion],
    ['requires_python', '>=3.8'],
    ['summary', 'Says hello from an index whose every byte was verified.'],
    ['sha256_digest', hashHex('sha256', file.bytes)],
  ] as const) {
    form.append(name, value);
  }
  form.append('content', new Blob([file.bytes.slice()]), file.filename);
  const response = await fetch(`${publicUrl}/legacy/`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`__token__:${token}`)}` },
    body: form,
  });
  const text = await response.text();
  if (!response.ok) throw failed('upload', `${response.status} ${text}`);
  const receipt = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
  if (receipt === undefined) throw failed('receipt', 'the upload was answered without a receipt');
  const waited = await fetch(new URL(`${receipt}?wait=${verifyTimeoutSeconds}`, publicUrl));
  const { state, code } = (await waited.json()) as { state: string; code: string | null };
  if (state !== 'verifiable') throw failed('publish', `the upload is ${state} ${code ?? ''}`);
}

async function verify(parts: DemoParts): Promise<void> {
  try {
    const updater = new Updater({
      fetcher: new HttpFetcher({ randomness: parts.randomness }),
      store: new FileMetadataStore(join(parts.folder, 'cache')),
      clock: parts.clock,
      metadataUrl: `${parts.publicUrl}/metadata/`,
      targetsUrl: `${parts.publicUrl}/targets/`,
      bootstrapRoot: parts.rootBytes,
    });
    await updater.refresh();
    for (const { filename, bytes } of demoFiles()) {
      const path = `packages/${demoProject}/${filename}`;
      const target = await updater.findTarget(path);
      if (target === null) throw failed('verify', `${path} is not signed`);
      const fetched = await updater.fetchTarget(path, target);
      if (hashHex('sha256', fetched) !== hashHex('sha256', bytes)) throw failed('verify', `${path} differs`);
    }
  } catch (error) {
    throw error instanceof SupervisorError ? error : failed('verify', messageOf(error));
  }
}

function failed(step: string, detail: string): SupervisorError {
  return new SupervisorError('demo.failed', `the demo project failed at "${step}": ${detail}`, { step });
}
