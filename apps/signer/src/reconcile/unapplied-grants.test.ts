import { FakeClock } from '@rind/kernel';
import type { Sql } from '@rind/database';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthLog, LiveGrant } from '../auth-log/auth-log.ts';
import { UnappliedGrants } from './unapplied-grants.ts';

const startMs = 1_800_000_000_000;
const alarmAfterMs = 180_000;

let issued: LiveGrant[];
let voided: Set<string>;
let arrived: Set<string>;
let failing: 'auth' | 'database' | null;
let clock: FakeClock;
let subject: UnappliedGrants;

const auth: AuthLog = {
  live: async (after, limit) => {
    if (failing === 'auth') throw new Error('auth is away');
    return issued.filter(({ id, seq }) => seq > after && !voided.has(id)).slice(0, limit);
  },
  voided: async (ids) => new Set(ids.filter((id) => voided.has(id))),
};
const sql: Sql = {
  query: async <Row extends object>(_text: string, values: readonly unknown[] = []) => {
    if (failing === 'database') throw new Error('the database is away');
    const ids = (values[0] as string[]).filter((id) => arrived.has(id));
    return { rows: ids.map((id) => ({ id })) as unknown as Row[], rowCount: ids.length };
  },
};

beforeEach(() => {
  issued = [];
  voided = new Set();
  arrived = new Set();
  failing = null;
  clock = new FakeClock(startMs);
  subject = new UnappliedGrants(sql, auth, clock, alarmAfterMs);
});

function issue(seq: number): void {
  issued.push({
    id: `grant ${seq}`,
    seq,
    targetPath: `packages/demo/${seq}`,
    verb: 'add',
    issuedAt: new Date(clock.nowMs()).toISOString(),
    expiresAt: new Date(clock.nowMs() + 604_800_000).toISOString(),
  });
}

async function alarms(): Promise<string[]> {
  return (await subject.next()).map(({ event, target }) => `${event} ${target}`);
}

describe('a grant that auth issued', () => {
  it('is no alarm once it was applied or queued', async () => {
    issue(1);
    arrived.add('grant 1');
    expect(await alarms()).toEqual([]);
    clock.advance(alarmAfterMs + 1);
    expect(await alarms()).toEqual([]);
  });

  it('is an alarm when it does not arrive in time, and one only', async () => {
    issue(1);
    clock.advance(alarmAfterMs);
    expect(await alarms()).toEqual([]);
    clock.advance(1);
    expect(await alarms()).toEqual(['grant.unapplied packages/demo/1']);
    expect(await alarms()).toEqual([]);
  });

  it('is no alarm when it arrives while it is waited for', async () => {
    issue(1);
    expect(await alarms()).toEqual([]);
    arrived.add('grant 1');
    clock.advance(alarmAfterMs + 1);
    expect(await alarms()).toEqual([]);
  });

  it('is no alarm when it was voided while it was waited for', async () => {
    issue(1);
    expect(await alarms()).toEqual([]);
    voided.add('grant 1');
    clock.advance(alarmAfterMs + 1);
    expect(await alarms()).toEqual([]);
  });

  it.each(['auth', 'database'] as const)(
    'is not forgotten in a round in which the %s is away',
    async (who) => {
      issue(1);
      await alarms();
      issue(2);
      clock.advance(alarmAfterMs + 1);
      failing = who;
      await expect(subject.next()).rejects.toThrow();
      failing = null;
      expect(await alarms()).toEqual(['grant.unapplied packages/demo/1', 'grant.unapplied packages/demo/2']);
    },
  );
});
