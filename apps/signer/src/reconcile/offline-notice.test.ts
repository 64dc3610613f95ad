import { FakeClock } from '@rind/kernel';
import type { AuditEvent, CommittedRole } from '@rind/queue-port';
import { beforeEach, describe, expect, it } from 'vitest';
import { OfflineNotice } from './offline-notice.ts';
import type { GivenNotice } from './offline-notice.ts';

const nowMs = 1_800_000_000_000;
const dayMs = 86_400_000;

let clock: FakeClock;
let expiresMs: Record<string, number>;
let version: number;
let given: GivenNotice[];

beforeEach(() => {
  clock = new FakeClock(nowMs);
  expiresMs = { root: nowMs + 365 * dayMs, targets: nowMs + 365 * dayMs, bins: nowMs + 365 * dayMs };
  version = 1;
  given = [];
});

const notice = () =>
  new OfflineNotice({
    log: {
      committedRoles: async () =>
        new Map(
          Object.entries(expiresMs).map(([name, at]): [string, CommittedRole] => [
            name,
            { name, version, nextVersion: version + 1, expiresMs: at },
          ]),
        ),
    },
    clock,
    given: async () => given,
  });

const said = (events: readonly AuditEvent[]) =>
  events.map(({ event, target, detail }) => [event, target, detail?.['days']]);

describe('the notice of offline roles', () => {
  it('is given once at 60, 30 and 7 days and when the role has expired', async () => {
    const watch = notice();
    const heard: [day: number, days: unknown][] = [];
    for (let day = 0; day <= 366; day++) {
      for (const event of await watch.next()) {
        if (event.target === 'root') heard.push([365 - day, event.detail?.['days']]);
      }
      clock.advance(dayMs);
    }
    expect(heard).toEqual([
      [60, 60],
      [30, 30],
      [7, 7],
      [0, 0],
    ]);
  });

  it.each(['root', 'targets', 'bins'])('is given for %s', async (role) => {
    expiresMs[role] = nowMs + 30 * dayMs;
    expect(said(await notice().next())).toEqual([['role.expiring', role, 30]]);
  });

  it('is not given for roles that the signer renews by itself', async () => {
    expiresMs['timestamp'] = nowMs + 1;
    expect(await notice().next()).toEqual([]);
  });

  it('is not given again by another signer', async () => {
    expiresMs['root'] = nowMs + 30 * dayMs;
    given = [{ role: 'root', version: 1, days: 30 }];
    expect(await notice().next()).toEqual([]);
  });

  it('starts anew with the next version', async () => {
    expiresMs['root'] = nowMs + 5 * dayMs;
    const watch = notice();
    await watch.next();
    version = 2;
    expect(said(await watch.next())).toEqual([['role.expiring', 'root', 7]]);
  });

  it('names only the nearest after a long silence', async () => {
    expiresMs['root'] = nowMs + 3 * dayMs;
    expect(said(await notice().next())).toEqual([['role.expiring', 'root', 7]]);
  });
});
