import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { hashHex } from '@rind/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { readSignedOutput, readSignedPage } from './signed-output.ts';
import { receiptOf, sdist, upload } from './uploads.ts';

const uploads = 200;
const lanes = 8;
const victims = ['gate', 'warehouse', 'auth', 'signer', 'postgres'] as const;

let instance: RunningInstance;

beforeAll(async () => {
  instance = await RunningInstance.start({ env: { RIND_LEASE_TTL_MS: '1000' } });
});
afterAll(() => instance?.destroy());

interface Accepted {
  readonly project: string;
  readonly version: string;
  readonly receipt: string;
}

/** Uploads as a patient author does: what did not get an answer, or a 5xx, is sent again. */
class Stream {
  readonly accepted: Accepted[] = [];
  readonly refused: string[] = [];
  inFlight = 0;
  private next = 0;

  run(): Promise<void[]> {
    return Promise.all(Array.from({ length: lanes }, () => this.lane()));
  }

  private async lane(): Promise<void> {
    for (let i = this.next++; i < uploads; i = this.next++) await this.one(`p${i % 20}`, `1.${i}`);
  }

  private async one(project: string, version: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      this.inFlight++;
      try {
        const answer = await upload(instance.file, project, version);
        if (answer.receipt !== null) {
          this.accepted.push({ project, version, receipt: answer.receipt });
          return;
        }
        if (answer.status < 500) {
          this.refused.push(`${project} ${version}: ${answer.status} ${answer.code}`);
          return;
        }
      } catch {
        // No answer: the connection died with a process.
      } finally {
        this.inFlight--;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.refused.push(`${project} ${version}: never accepted`);
  }
}

async function openPublications(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(
    `SELECT count(*) AS n FROM signer.publication WHERE state IN ('open', 'prepared')`,
  );
  return Number(rows[0]!.n);
}

function pidOf(victim: (typeof victims)[number]): number | null {
  const { processes } = instance.file;
  return victim === 'signer' ? (processes.signer[0] ?? null) : processes[victim];
}

describe('kill -9 during a stream of uploads', () => {
  it('loses nothing that was answered with 200, and shows nothing twice', async () => {
    const pool = openPool(instance.file.db.signer, { max: 2, name: 'killer' });
    const stream = new Stream();
    const finished = stream.run();
    const kills: { victim: string; inFlight: number; open: number }[] = [];
    for (const victim of victims) {
      await instance.ready();
      let open = 0;
      await instance.until(`a publication is open for ${victim}`, async () => {
        open = await openPublications(pool);
        return open > 0 && stream.inFlight > 0;
      });
      const pid = pidOf(victim);
      process.kill(pid!, 'SIGKILL');
      kills.push({ victim, inFlight: stream.inFlight, open });
      await instance.until(`${victim} is back`, () => {
        const now = pidOf(victim);
        return now !== null && now !== pid;
      });
    }
    await finished;
    await pool.close();

    expect(kills.map(({ victim }) => victim)).toEqual([...victims]);
    for (const { inFlight, open } of kills) {
      expect(inFlight).toBeGreaterThan(0);
      expect(open).toBeGreaterThan(0);
    }
    expect(stream.refused).toEqual([]);
    expect(stream.accepted).toHaveLength(uploads);
    await instance.ready();
    for (const { receipt } of stream.accepted) {
      expect((await receiptOf(instance.file, receipt, 60)).state).toBe('verifiable');
    }
    const { targets } = readSignedOutput(instance.file.store.path);
    for (const { project, version } of stream.accepted) {
      const { filename, bytes } = sdist(project, version);
      expect(targets.get(`packages/${project}/${filename}`)).toBe(hashHex('sha256', bytes));
      const listed = readSignedPage(instance.file.store.path, project).files.filter(
        (file) => file['filename'] === filename,
      );
      expect(listed).toHaveLength(1);
    }
    expect([...targets.keys()].filter((path) => path.startsWith('packages/'))).toHaveLength(uploads);
  });
});
