import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hmacSha256 } from '@rind/crypto';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { monotonicMs, systemRandomness } from '@rind/kernel';
import { RunningInstance } from '@rind/system-tests';
import { rssPeakBytes } from './machine.ts';
import type { Reading } from './result.ts';
import { one } from './uploads.ts';

type InstanceFile = RunningInstance['file'];

const uploadsPerSecond = 10;

/** Verifications of a token at a steady rate, as the gate asks for them, beside a stream of uploads. */
export async function benchTokenVerifications(
  perSecond: number,
  seconds: number,
  bins: number,
): Promise<Reading> {
  const instance = await RunningInstance.start({ args: ['--bins', String(bins)] });
  const pool = openPool(instance.file.db.auth, { max: 1, name: 'bench' });
  try {
    const { file } = instance;
    await one(file, 'warm', '0.1');
    const verify = verifierOf(file, instance.dataDir);
    const uploads = steadily(uploadsPerSecond, seconds, (i) => one(file, `beside-${i % 50}`, `1.${i}`));
    const samplesMs = await steadily(perSecond, seconds, verify);
    const uploadMs = (await uploads).sort((a, b) => a - b);
    return {
      params: {
        ...{ perSecond, seconds, bins, uploadsPerSecond },
        uploadP50Ms: Math.round(uploadMs[Math.floor(uploadMs.length / 2)] ?? 0),
      },
      samplesMs,
      rssPeakBytes: rssPeakBytes(file.processes.auth),
      floor: {
        what: 'one look-up of the row by its key and four HMACs',
        samplesMs: await lookUps(pool, 300),
      },
    };
  } finally {
    await pool.close();
    await instance.destroy();
  }
}

/** Uploads while eight clients sign in as fast as they are answered; the floor is the same uploads without them. */
export async function benchSignInStorm(perSecond: number, seconds: number, bins: number): Promise<Reading> {
  const instance = await RunningInstance.start({ args: ['--bins', String(bins)] });
  const pool = openPool(instance.file.db.auth, { max: 1, name: 'bench' });
  try {
    const { file } = instance;
    await one(file, 'warm', '0.1');
    const upload = (name: string) => (i: number) => one(file, `${name}-${i % 50}`, `1.${i}`);
    const quietMs = await steadily(perSecond, seconds, upload('quiet'));
    const storm = new Storm(file, pool);
    storm.start(8);
    const samplesMs = await steadily(perSecond, seconds, upload('storm'));
    const signIns = await storm.stop();
    return {
      params: { perSecond, seconds, bins, signInsPerSecond: Math.round(signIns / seconds) },
      samplesMs,
      rssPeakBytes: rssPeakBytes(file.processes.auth),
      floor: { what: 'the same uploads while nobody signs in', samplesMs: quietMs },
    };
  } finally {
    await pool.close();
    await instance.destroy();
  }
}

/** Begins `act` at a steady rate, however long each takes; answers how long each took. */
async function steadily(
  perSecond: number,
  seconds: number,
  act: (i: number) => Promise<number>,
): Promise<number[]> {
  const startMs = monotonicMs();
  const running: Promise<number>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const dueMs = startMs + (i * 1_000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - monotonicMs())));
    running.push(act(i));
  }
  return Promise.all(running);
}

function verifierOf(file: InstanceFile, dataDir: string): () => Promise<number> {
  const { gateAuth } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as {
    gateAuth: string;
  };
  const headers = { authorization: `Bearer ${gateAuth}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ token: file.token });
  return async () => {
    const from = monotonicMs();
    const answer = await fetch(new URL('/internal/tokens/introspect', file.endpoints.auth), {
      ...{ method: 'POST', headers, body },
    });
    const { active } = (await answer.json()) as { active?: boolean };
    if (active !== true) throw new Error(`the token was refused: ${answer.status}`);
    return monotonicMs() - from;
  };
}

async function lookUps(pool: Pool, runs: number): Promise<number[]> {
  const key = systemRandomness.bytes(32);
  const samples: number[] = [];
  for (let i = 0; i < runs; i++) {
    const from = monotonicMs();
    await pool.query('SELECT * FROM auth.token WHERE id = $1', ['00000000-0000-4000-8000-000000000000']);
    for (let link = 0; link < 4; link++) hmacSha256(key, key);
    samples.push(monotonicMs() - from);
  }
  return samples;
}

/** Clients that sign in with wrong passwords, each a full Argon2id. */
class Storm {
  private readonly file: InstanceFile;
  private readonly pool: Pool;
  private running: Promise<void>[] = [];
  private stopped = false;
  private answered = 0;

  constructor(file: InstanceFile, pool: Pool) {
    this.file = file;
    this.pool = pool;
  }

  start(clients: number): void {
    this.running = Array.from({ length: clients }, (_, client) => this.signIn(client));
    this.running.push(this.forget());
  }

  /** Answers how many passwords were hashed. */
  async stop(): Promise<number> {
    this.stopped = true;
    await Promise.all(this.running);
    return this.answered;
  }

  private async signIn(client: number): Promise<void> {
    const { auth } = this.file;
    for (let i = 0; !this.stopped; i++) {
      const answer = await fetch(new URL('/account/login/', auth), {
        method: 'POST',
        headers: { origin: new URL(auth).origin },
        body: new URLSearchParams({ username: `nobody-${client}-${i}`, password: 'not the password' }),
      });
      await answer.arrayBuffer();
      if (answer.status === 403) this.answered++;
    }
  }

  /** All clients have one address here: its limit is taken away, which a storm from many would not meet. */
  private async forget(): Promise<void> {
    while (!this.stopped) {
      await this.pool.query('DELETE FROM auth.rate');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
