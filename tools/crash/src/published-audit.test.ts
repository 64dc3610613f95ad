import { hashHex } from '@rind/crypto';
import { renderProjectPage } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { PublishedAudit } from './published-audit.ts';
import type { AcceptedFile } from './upload-stream.ts';

const project = 'p' as ProjectName;
const bin = 'metadata/5.bin-0.json';

function accepted(version: string): AcceptedFile {
  const filename = `p-${version}.tar.gz`;
  const bytes = utf8(filename);
  const path = `packages/p/${filename}`;
  return { project, filename, bytes, sha256: hashHex('sha256', bytes), path, receipt: '/' };
}

const files = [accepted('1.0'), accepted('1.1')] as const;

function targetOf(bytes: Uint8Array) {
  return { length: bytes.length, hashes: { sha256: hashHex('sha256', bytes) } };
}

function pageOf(listed: readonly AcceptedFile[]): Uint8Array {
  return renderProjectPage({
    name: project,
    status: 'active',
    files: listed.map(({ filename, sha256, bytes }) => ({
      filename,
      sha256,
      size: bytes.length,
      uploadTime: '2026-01-01T00:00:00.000000Z',
      yanked: false,
    })),
  });
}

function document(type: string, version: number, rest: object): Uint8Array {
  const signed = { _type: type, expires: '2030-01-01T00:00:00Z', spec_version: '1.0.34', version, ...rest };
  return utf8(JSON.stringify({ signatures: [], signed }));
}

/** A published state with one bin that has these files and the page of those, and what was changed in it. */
function storeOf(
  inBin: readonly AcceptedFile[],
  inPage: readonly AcceptedFile[],
  changes: Readonly<Record<string, Uint8Array | null>> = {},
) {
  const page = pageOf(inPage);
  const targets = Object.fromEntries([
    ...inBin.map(({ path, bytes }) => [path, targetOf(bytes)]),
    ['simple/p/index.json', targetOf(page)],
  ]);
  const objects: Record<string, Uint8Array | null> = {
    'metadata/timestamp.json': document('timestamp', 3, { meta: { 'snapshot.json': { version: 4 } } }),
    'metadata/4.snapshot.json': document('snapshot', 4, {
      meta: { 'targets.json': { version: 1 }, 'bin-0.json': { version: 5 } },
    }),
    'metadata/1.targets.json': document('targets', 1, { targets: {} }),
    [bin]: document('targets', 5, { targets }),
    [`targets/simple/p/${hashHex('sha256', page)}.index.json`]: page,
    ...Object.fromEntries(inBin.map((file) => [keyOf(file), file.bytes])),
    ...changes,
  };
  return { read: async (key: string) => objects[key] ?? null };
}

function keyOf({ sha256, filename }: AcceptedFile): string {
  return `targets/packages/p/${sha256}.${filename}`;
}

async function findingsOf(store: ReturnType<typeof storeOf>, most = 2): Promise<readonly string[]> {
  return (await new PublishedAudit(store).look(files, most)).findings;
}

describe('the audit of what is published', () => {
  it('finds nothing wrong where every accepted file is a target and in its page', async () => {
    const report = await new PublishedAudit(storeOf(files, files)).look(files, 2);
    expect(report).toEqual({ timestamp: 3, snapshot: 4, bins: 1, packages: 2, pages: 1, findings: [] });
  });

  const [first, second] = files;
  const other = document('targets', 6, { targets: {} });
  it.each([
    ['a bin that is not there', storeOf(files, files, { [bin]: null }), bin],
    ['a bin of another version', storeOf(files, files, { [bin]: other }), bin],
    ['a file that is not there', storeOf(files, files, { [keyOf(first)]: null }), keyOf(first)],
    ['a file with other bytes', storeOf(files, files, { [keyOf(first)]: utf8('x') }), keyOf(first)],
    ['an accepted file that is no target', storeOf([first], files), second.path],
    ['an accepted file that is in no page', storeOf(files, [first]), second.path],
    ['a target that nobody uploaded', storeOf([...files, accepted('9')], files), '3 packages of 2'],
  ])('notices %s', async (_name, store, about) => {
    expect((await findingsOf(store)).some((finding) => finding.startsWith(about))).toBe(true);
  });

  it('misses what has gone since, once it has been told to forget', async () => {
    const store = storeOf(files, files);
    let gone = false;
    const audit = new PublishedAudit({
      read: async (key) => (gone && key === keyOf(first) ? null : store.read(key)),
    });
    await audit.look(files, 2);
    gone = true;
    audit.forget();
    expect((await audit.look(files, 2)).findings).toHaveLength(1);
  });
});
