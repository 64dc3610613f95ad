import { describe, expect, it } from 'vitest';
import { audit, pageFile, pageOf, repository, six, summary } from '../test/repository.ts';

const page = 'simple/six/index.json';

describe('the page of a project', () => {
  it('must state the length that is signed', async () => {
    const simulator = repository();
    const files = [{ ...pageFile('six-1.0.tar.gz', 'first'), size: 6 }, pageFile('six-1.1.tar.gz', 'second')];
    simulator.addTarget(page, pageOf('six', { files }));
    simulator.publish();
    const { findings } = await audit(simulator);
    expect(findings.map(({ code, path, detail }) => [code, path, detail['target']])).toEqual([
      ['fsck.page-lists-unsigned', page, six],
    ]);
  });

  it('may offer nothing of a project in quarantine', async () => {
    const simulator = repository();
    simulator.addTarget(page, pageOf('six', { status: 'quarantined' }));
    simulator.publish();
    expect(summary(await audit(simulator))).toEqual([]);
  });

  it('is no longer looked for when its project has no files', async () => {
    const simulator = repository();
    for (const path of [six, 'packages/six/six-1.1.tar.gz', page]) simulator.removeTarget(path);
    simulator.publish();
    expect(summary(await audit(simulator))).toEqual([]);
  });

  it('is compared in a sample as well', async () => {
    const simulator = repository();
    simulator.addTarget(page, pageOf('six', { files: [pageFile('six-1.0.tar.gz', 'first')] }));
    simulator.publish();
    for (const targets of ['all', 'sample'] as const) {
      const { findings } = await audit(simulator, { targets });
      expect(findings.map(({ code, path }) => [code, path])).toEqual([
        ['fsck.page-lacks-file', 'packages/six/six-1.1.tar.gz'],
      ]);
    }
    expect(summary(await audit(simulator, { targets: 'none' }))).toEqual([]);
  });
});
