import type { BatchRequest } from '@rind/repository';
import { describe, expect, it } from 'vitest';
import { unbuildable, waitingFor } from './unbuildable.ts';

const bitLength = 6;
const change = (path: string) => ({ path, target: null });
const changes = new Map([
  [
    3,
    [change('packages/demo/a.tar.gz'), change('packages/demo/b.tar.gz'), change('simple/other/index.json')],
  ],
  [4, [change('simple/demo/index.json')]],
  [5, [change('packages/third/c.tar.gz')]],
]);
const among =
  (...bins: number[]) =>
  (idx: number) =>
    bins.includes(idx);

function request(outboxId: number, project: string): BatchRequest {
  const grant = { id: `grant ${outboxId}`, project, actor: 'me', verb: 'add', seq: outboxId };
  return { outboxId, grant, targetPath: `packages/${project}/${outboxId}` } as unknown as BatchRequest;
}

describe('projects that touch a bin that cannot be built', () => {
  it.each([
    [[], []],
    [[5], [['third', ['bin-05']]]],
    [
      [3],
      [
        ['demo', ['bin-03']],
        ['other', ['bin-03']],
      ],
    ],
    [[4], [['demo', ['bin-04']]]],
  ])('with bins %j are %j', (bins, expected) => {
    expect([...unbuildable(changes, among(...bins), bitLength)]).toEqual(expected);
  });

  it('are named with all of their bins', () => {
    expect(unbuildable(changes, among(3, 4), bitLength).get('demo')).toEqual(['bin-03', 'bin-04']);
  });

  it('wait with all of their requests', () => {
    const blocked = unbuildable(changes, among(4), bitLength);
    const waiting = waitingFor(blocked, [request(1, 'demo'), request(2, 'third'), request(3, 'demo')]);
    expect(waiting.map(({ outboxId }) => outboxId)).toEqual([1, 3]);
    expect(waiting[0]!.audit).toMatchObject({
      event: 'bin.unproven',
      project: 'demo',
      detail: { bins: ['bin-04'], grant: 'grant 1' },
    });
  });
});
