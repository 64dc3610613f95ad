import { describe, expect, it } from 'vitest';
import { healthyFacts } from './status-facts.fixture.ts';
import type { PublicationFacts } from './status-facts.ts';
import { RoomWatch } from './store-room.ts';

const enough = 10_000_000;
const fs = { kind: 'fs', path: '/store' } as const;
const s3 = { kind: 's3', endpoint: null, region: 'here', bucket: 'bucket', prefix: '' } as const;
const none = (roomRefusals: number) => ({ storeRoom: 'none', roomRefusals }) as const;
const publication = (id: number, state: PublicationFacts['state'] = 'closed') => ({
  ...healthyFacts.lastPublication!,
  id,
  state,
});

describe('the room of a folder', () => {
  it.each([
    ['both disks have some', enough, enough, 'enough'],
    ['that of the spool has none', 0, enough, 'none'],
    ['that of the store has none', enough, 0, 'none'],
    ['less than anything needs is left', 1_048_575, enough, 'none'],
  ])('after a refusal is seen where it is: %s', async (_what, spool, store, room) => {
    const freeBytes = async (folder: string) => (folder === '/spool' ? spool : store);
    const watch = new RoomWatch({ spoolDir: '/spool', store: fs, freeBytes });
    expect(await watch.look(none(1), null)).toBe(room);
  });

  it('is not looked at while uploads find some', async () => {
    const freeBytes = () => Promise.reject(new Error('asked'));
    const watch = new RoomWatch({ spoolDir: '/spool', store: fs, freeBytes });
    expect(await watch.look({ storeRoom: 'enough', roomRefusals: 1 }, null)).toBe('enough');
    expect(await watch.look(none(2), null)).toBe('none');
  });
});

describe('the room of a bucket', () => {
  it('is there once something was published since the last refusal', async () => {
    const watch = new RoomWatch({ spoolDir: '/spool', store: s3, freeBytes: async () => enough });
    expect(await watch.look(none(1), publication(7))).toBe('none');
    expect(await watch.look(none(1), publication(8, 'open'))).toBe('none');
    expect(await watch.look(none(1), publication(8))).toBe('enough');
    expect(await watch.look(none(2), publication(8))).toBe('none');
    expect(await watch.look(none(2), publication(9))).toBe('enough');
  });
});
