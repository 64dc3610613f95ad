import { hashHex } from '@rind/crypto';
import { receiptOf, rind } from '@rind/system-tests';
import type { InstanceFile } from '@rind/system-tests';
import { sdistBytes, wheelBytes } from '@rind/testkit';
import { sampleReleases, yankedRelease, yankReason } from './sample-projects.ts';
import type { SampleRelease } from './sample-projects.ts';

/** Uploads all samples, waits until each file is signed, and yanks the release that is to be yanked. */
export async function publishSamples(instance: InstanceFile, dataDir: string): Promise<number> {
  const receipts: string[] = [];
  for (const release of sampleReleases) {
    for (const kind of release.kinds) receipts.push(await uploaded(instance, release, kind));
  }
  for (const path of receipts) {
    await verifiable(instance, path);
  }
  const yanked = await rind([
    ...['operator', 'yank', yankedRelease, '--reason', yankReason],
    ...['--data', dataDir],
  ]);
  if (yanked.exitCode !== 0) throw new Error(`yank: ${yanked.stderr}`);
  return receipts.length;
}

/** Waits for up to two minutes: the machine may have other work. */
async function verifiable(instance: InstanceFile, path: string): Promise<void> {
  const states: string[] = [];
  while (states.at(-1) !== 'verifiable') {
    const { state, code } = await receiptOf(instance, path, 30);
    states.push(state);
    if (state === 'rejected' || states.length > 4) throw new Error(`${path}: ${state} ${code}`);
  }
}

/** Answers the path of the receipt. */
async function uploaded(
  { upload, token }: InstanceFile,
  { project, version, fields }: SampleRelease,
  kind: 'sdist' | 'wheel',
): Promise<string> {
  const isWheel = kind === 'wheel';
  const parts = { name: project, version, content: 'x'.repeat(isWheel ? 48_000 : 61_000) };
  const bytes = isWheel ? wheelBytes(parts) : sdistBytes(parts);
  const stem = `${project.toLowerCase().replaceAll(/[-_.]+/g, '_')}-${version}`;
  const filename = isWheel ? `${stem}-py3-none-any.whl` : `${stem}.tar.gz`;
  const form = new FormData();
  const all: readonly (readonly [string, string])[] = [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['metadata_version', '2.4'],
    ['name', project],
    ['version', version],
    ['filetype', isWheel ? 'bdist_wheel' : 'sdist'],
    ['pyversion', isWheel ? 'py3' : 'source'],
    ['sha256_digest', hashHex('sha256', bytes)],
    ...fields,
  ];
  for (const [name, value] of all) form.append(name, value);
  form.append('content', new Blob([bytes.slice()]), filename);
  const response = await fetch(upload, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`__token__:${token}`)}` },
    body: form,
  });
  const receipt = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
  if (receipt === undefined) throw new Error(`${filename}: ${response.status} ${await response.text()}`);
  return receipt;
}
