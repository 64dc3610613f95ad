import { hashHex } from '@rind/crypto';
import { sdistBytes } from '@rind/testkit';
import type { InstanceFile } from './instance.ts';

export interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
  /** Path of the receipt, of accepted uploads. */
  readonly receipt: string | null;
}

export interface Receipt {
  readonly state: 'accepted' | 'staged' | 'publishing' | 'verifiable' | 'rejected';
  readonly code: string | null;
  readonly targetPath: string;
  readonly sha256: string;
  readonly bin: string;
}

/** A source distribution of a project that never was, told apart by its content. */
export function sdist(
  project: string,
  version: string,
  content: string | Uint8Array = '',
): { filename: string; bytes: Uint8Array } {
  const filename = `${project.replaceAll('-', '_')}-${version}.tar.gz`;
  return { filename, bytes: sdistBytes({ name: project, version, content }) };
}

/** One upload by the form that every client sends. */
export async function upload(
  instance: Pick<InstanceFile, 'upload' | 'token'>,
  project: string,
  version: string,
  file = sdist(project, version),
  extra: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new FormData();
  const fields: Record<string, string> = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: project,
    version,
    filetype: 'sdist',
    pyversion: 'source',
    sha256_digest: hashHex('sha256', file.bytes),
    ...extra,
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', new Blob([file.bytes.slice()]), file.filename);
  const response = await fetch(instance.upload, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`__token__:${instance.token}`)}` },
    body: form,
  });
  return {
    status: response.status,
    code: response.headers.get('x-rind-error'),
    text: await response.text(),
    receipt: /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1] ?? null,
  };
}

export async function receiptOf(
  instance: Pick<InstanceFile, 'url'>,
  path: string,
  waitSeconds = 30,
): Promise<Receipt> {
  const response = await fetch(new URL(`${path}?wait=${waitSeconds}`, instance.url));
  if (!response.ok) throw new Error(`receipt ${path}: ${response.status}`);
  return (await response.json()) as Receipt;
}

/** Uploads, and waits until the file is signed. */
export async function publish(
  instance: InstanceFile,
  project: string,
  version: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Receipt> {
  const answer = await upload(instance, project, version, sdist(project, version), extra);
  if (answer.receipt === null) throw new Error(`upload: ${answer.status} ${answer.code} ${answer.text}`);
  const receipt = await receiptOf(instance, answer.receipt);
  if (receipt.state !== 'verifiable') throw new Error(`receipt: ${receipt.state} ${receipt.code}`);
  return receipt;
}
