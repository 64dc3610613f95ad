import { describe, expect, it } from 'vitest';
import { BucketServer } from './bucket.ts';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish } from './uploads.ts';

interface Report {
  readonly checked: Readonly<Record<string, number>>;
  readonly findings: readonly object[];
}

describe('rind fsck on an index in a bucket', () => {
  it('reads the store of the instance, and the same by its address', async () => {
    const bucket = await BucketServer.start();
    const env = bucket.env('eu');
    try {
      const remote = await RunningInstance.start({ args: ['--bins', '64', '--store', 's3'], env });
      try {
        await publish(remote.file, 'audited', '1.0');
        const args = ['fsck', '--targets', 'all', '--data', remote.dataDir, '--json'];
        const own = await rind([...args, '--database'], { env: bucket.credentials });
        const root = ['--root', remote.file.root];
        const named = await rind([...args, 's3://index/eu', ...root], { env });
        for (const outcome of [own, named]) {
          const [report] = jsonLines(outcome) as unknown as Report[];
          expect(report?.findings).toEqual([]);
          expect(report?.checked).toMatchObject({ bins: 64, targets: 2, targetsRead: 2 });
          expect(report?.checked['storedVersions']).toBeGreaterThanOrEqual(64 + 4);
          expect(outcome.exitCode).toBe(0);
        }
        const without = await rind([...args, 's3://index/nowhere', ...root], { env });
        expect(without.exitCode).toBe(4);
      } finally {
        await remote.destroy();
      }
    } finally {
      await bucket.stop();
    }
  });
});
