import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { isRindError, utf8 } from '@rind/kernel';
import { coreMetadata, gzipped, sdistBytes, tarBytes, wheelBytes, zipBytes } from '@rind/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InspectionInput } from './inspection.worker.ts';
import { Inspections } from './inspections.ts';
import type { InspectionLimits } from './inspections.ts';

// Threads start and large archives are made while other tests run.
vi.setConfig({ testTimeout: 180_000 });

const mebibyte = 1_048_576;
const parts = { name: 'Six.Pack', version: '1.0' };
const wheelName = 'six_pack-1.0-py3-none-any.whl';
const sdistName = 'six_pack-1.0.tar.gz';
const generous: InspectionLimits = { threads: 1, maxQueue: 4, timeoutMs: 60_000, maxHeapMebibytes: 256 };

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'rind-inspection-'))));
afterAll(() => rmSync(folder, { recursive: true }));
const open: Inspections[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function inspectionsWith(limits: Partial<InspectionLimits> = {}): Inspections {
  const inspections = new Inspections({ ...generous, ...limits }, {
    histogram: () => ({ observe() {} }),
  } as never);
  open.push(inspections);
  return inspections;
}

function inputOf(filename: string, bytes: Uint8Array, licenseFiles: readonly string[] = []): InspectionInput {
  const path = join(folder, hashHex('sha256', bytes));
  writeFileSync(path, bytes);
  return { path, kind: filename.endsWith('.whl') ? 'wheel' : 'sdist', filename, licenseFiles };
}

const failure = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'accepted',
    (error: unknown) => (isRindError(error) ? [error.code, error.details] : error),
  );

describe('a file that is inspected', () => {
  it('gives the core metadata of a wheel, byte for byte, with its checksum', async () => {
    const metadata = utf8(coreMetadata(parts));
    expect(await inspectionsWith().inspect(inputOf(wheelName, wheelBytes(parts)))).toEqual({
      coreMetadata: { bytes: metadata, sha256: hashHex('sha256', metadata) },
      warnings: [],
    });
  });

  it('gives nothing of a source distribution in order', async () => {
    const inspected = await inspectionsWith().inspect(inputOf(sdistName, sdistBytes(parts)));
    expect(inspected).toEqual({ coreMetadata: null, warnings: [] });
  });

  it('is refused by the code of what is wrong with it, across the threads', async () => {
    const inspections = inspectionsWith();
    expect(await failure(inspections.inspect(inputOf(wheelName, sdistBytes(parts))))).toEqual([
      'archive.not-zip',
      {},
    ]);
    expect(await failure(inspections.inspect(inputOf(sdistName, wheelBytes(parts))))).toEqual([
      'archive.not-tar',
      {},
    ]);
    const input = inputOf(sdistName, sdistBytes(parts), ['COPYING']);
    expect(await failure(inspections.inspect(input))).toEqual([
      'distribution.license-file-missing',
      { licenseFile: 'COPYING', member: 'six_pack-1.0/COPYING' },
    ]);
  });
});

describe('a file that costs too much', () => {
  // What PyPI lets pass whatever its ratio is.
  const zeros = new Uint8Array(60 * mebibyte);

  it('of time is refused', async () => {
    const slow = zipBytes([{ name: 'zeros', data: zeros, deflated: true }]);
    const inspections = inspectionsWith({ timeoutMs: 5 });
    expect(await failure(inspections.inspect(inputOf(wheelName, slow)))).toEqual(['file.too-costly', {}]);
  });

  it('of memory is refused, and the next one is inspected', async () => {
    const many = zipBytes(Array.from({ length: 600 }, (_, i) => ({ name: `${i}/`.padEnd(60_000, 'n') })));
    const inspections = inspectionsWith({ maxHeapMebibytes: 24 });
    expect(await failure(inspections.inspect(inputOf(wheelName, many)))).toEqual(['file.too-costly', {}]);
    expect((await inspections.inspect(inputOf(wheelName, wheelBytes(parts)))).warnings).toEqual([]);
  });

  it.each<[string, string, () => Uint8Array]>([
    [
      'a wheel',
      wheelName,
      () => zipBytes([{ name: 'zeros', data: new Uint8Array(100 * mebibyte), deflated: true }]),
    ],
    [
      'a source distribution',
      sdistName,
      () => gzipped(tarBytes([{ name: 'a/z', data: new Uint8Array(100 * mebibyte) }]), 1),
    ],
  ])('by what comes out of it is refused as a bomb: %s', async (_what, filename, make) => {
    const input = inputOf(filename, make());
    const inspections = inspectionsWith();
    await inspections.check();
    const before = process.memoryUsage.rss();
    expect(await failure(inspections.inspect(input))).toEqual(['archive.bomb', { maxRatio: 50 }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * mebibyte);
  });

  it('in bytes that are just allowed is unpacked in bounded memory', async () => {
    const input = inputOf(
      sdistName,
      gzipped(tarBytes([{ name: 'a/PKG-INFO' }, { name: 'a/z', data: zeros }])),
    );
    const inspections = inspectionsWith();
    await inspections.check();
    const before = process.memoryUsage.rss();
    let peak = before;
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
    expect(await inspections.inspect(input)).toEqual({ coreMetadata: null, warnings: [] });
    clearInterval(sampling);
    expect(peak - before).toBeLessThan(32 * mebibyte);
  });
});

describe('more files than threads', () => {
  it('wait, and beyond the queue are to come again', async () => {
    const inspections = inspectionsWith({ maxQueue: 2 });
    const input = inputOf(wheelName, wheelBytes(parts));
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => failure(inspections.inspect(input))));
    expect(outcomes).toEqual([
      'accepted',
      'accepted',
      'accepted',
      ['warehouse.busy', { retryAfterSeconds: expect.any(Number) }],
    ]);
  });

  it('are to come again when the process ends', async () => {
    const inspections = inspectionsWith();
    await inspections.close();
    const outcome = await failure(inspections.inspect(inputOf(wheelName, wheelBytes(parts))));
    expect(outcome).toEqual(['warehouse.busy', { retryAfterSeconds: 2 }]);
  });
});
