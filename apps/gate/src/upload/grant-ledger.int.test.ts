import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@rind/nest-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GrantLedger } from './grant-ledger.ts';

const id = '5e0f5a0e-6d3b-4f0a-9d0e-0d6f5f1c2b3a';
const away = new Error('away');
let dir: string;
let ledger: GrantLedger;
const voidGrant = vi.fn<(id: string, reason: string) => Promise<void>>();
const grantUse = vi.fn<(id: string) => Promise<{ used: boolean }>>();

function open(settleAfterMs = 10): GrantLedger {
  return new GrantLedger({
    dir,
    auth: { voidGrant },
    warehouse: { grantUse },
    settleAfterMs,
    logger: silentLogger,
  });
}
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gate-ledger-'));
  voidGrant.mockReset().mockResolvedValue();
  grantUse.mockReset().mockResolvedValue({ used: false });
  ledger = open();
});
afterEach(async () => {
  ledger.close();
  await rm(dir, { recursive: true });
});
const settled = () => vi.waitFor(() => expect(ledger.unsettledCount).toBe(0));

describe('GrantLedger', () => {
  it('keeps an entry from before the grant until it is used', async () => {
    await ledger.begin(id);
    expect(await readdir(dir)).toEqual([`gate-${process.pid}-${id}.grant`]);
    await ledger.end(id);
    expect(await readdir(dir)).toEqual([]);
    expect(voidGrant).not.toHaveBeenCalled();
  });

  it('voids at once what was certainly not used', async () => {
    await ledger.begin(id);
    await ledger.void(id, 'refused');
    expect(voidGrant.mock.calls).toEqual([[id, 'refused']]);
    expect(grantUse).not.toHaveBeenCalled();
    expect(await readdir(dir)).toEqual([]);
  });

  it('goes on voiding while auth is away', async () => {
    voidGrant.mockRejectedValueOnce(away).mockRejectedValueOnce(away);
    await ledger.begin(id);
    await ledger.void(id, 'refused');
    expect(await readdir(dir)).toHaveLength(1);
    await settled();
    expect(voidGrant).toHaveBeenCalledTimes(3);
    expect(await readdir(dir)).toEqual([]);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('asks about an unclear grant: used %s means voided %i times', async (used, voided) => {
    grantUse.mockRejectedValueOnce(away).mockResolvedValue({ used });
    await ledger.begin(id);
    ledger.settleLater(id, 'unclear');
    await settled();
    expect(grantUse).toHaveBeenCalledTimes(2);
    expect(voidGrant).toHaveBeenCalledTimes(voided);
    expect(await readdir(dir)).toEqual([]);
  });

  it('voids nothing while the warehouse is away', async () => {
    grantUse.mockRejectedValue(away);
    ledger.settleLater(id, 'unclear');
    await vi.waitFor(() => expect(grantUse.mock.calls.length).toBeGreaterThan(2));
    expect(voidGrant).not.toHaveBeenCalled();
  });

  it('adopts at its start what dead processes and its own predecessor left', async () => {
    const dead = spawnSync('true').pid;
    const other = id.replace('5e', '6e');
    const alive = `gate-${process.ppid}-${id.replace('5e', '7e')}.grant`;
    for (const name of [
      `gate-${dead}-${id}.grant`,
      `gate-${process.pid}-${other}.grant`,
      alive,
      'gate-x.grant',
    ]) {
      await writeFile(join(dir, name), '');
    }
    grantUse.mockImplementation((asked) => Promise.resolve({ used: asked === other }));
    expect(await ledger.open()).toBe(2);
    await settled();
    expect(voidGrant.mock.calls.map(([voided]) => voided)).toEqual([id]);
    expect((await readdir(dir)).sort()).toEqual([alive, 'gate-x.grant'].sort());
  });
});
