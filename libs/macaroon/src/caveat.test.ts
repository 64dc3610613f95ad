import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { checkCaveats } from './caveat-check.ts';
import type { CaveatContext } from './caveat-check.ts';
import { parseCaveat } from './caveat.ts';

const context: CaveatContext = {
  nowSeconds: 1_000,
  project: 'six' as ProjectName,
  projectId: 'p-1',
  userId: 'u-1',
  publisherIds: new Set<string>(),
  isVersion: (text) => text === '1.0' || text === '1',
  sha256: 'ab'.repeat(32),
  usedNonces: new Set(['used']),
  secondFactorAtSeconds: null,
};
const digest = context.sha256;
const other = 'cd'.repeat(32);

describe('a caveat', () => {
  it.each([
    ['[0,1700000000,1600000000]', [0, 1_700_000_000, 1_600_000_000]],
    ['[ 0, -5, 0 ]', [0, -5, 0]],
    ['[1,["six","foo-bar"]]', [1, ['six', 'foo-bar']]],
    ['[1,[]]', [1, []]],
    ['[2,["id"]]', [2, ['id']]],
    ['[3,"id"]', [3, 'id']],
    ['[4,"id"]', [4, 'id']],
    ['[4,"id",null]', [4, 'id']],
    ['[4,"id",{"ref":"x"}]', [4, 'id']],
    ['[100,["1.0","2"]]', [100, ['1.0', '2']]],
    ['[100,[]]', [100, []]],
    [`[101,["${digest}"]]`, [101, [digest]]],
    ['[101,[]]', [101, []]],
    ['[102,"n-1"]', [102, 'n-1']],
    [`[102,"${'x'.repeat(128)}"]`, [102, 'x'.repeat(128)]],
    ['[103,1]', [103, 1]],
    ['[103,525600]', [103, 525_600]],
    ['{"version":1,"permissions":"user"}', ['own-account']],
    ['{"version":1,"permissions":{"projects":["six"]}}', [1, ['six']]],
    ['{"nbf":1,"exp":2}', [0, 2, 1]],
    ['{"project_ids":["id"]}', [2, ['id']]],
  ])('%s is understood', (text, caveat) => {
    expect(parseCaveat(text)).toEqual(caveat);
  });

  it.each([
    '',
    'six',
    '"six"',
    'null',
    '1',
    '[]',
    '{}',
    '[[0,1,2]]',
    '[0]',
    '[0,1]',
    '[0,1,2,3]',
    '[0,"1",2]',
    '[0,1.5,2]',
    '[0,1e300,2]',
    '[0,true,2]',
    '[false,1,2]',
    '[0,null,2]',
    '[1]',
    '[1,"six"]',
    '[1,[1]]',
    '[1,["six"],null]',
    '[1,{"0":"six"}]',
    '[2,"id"]',
    '[3]',
    '[3,3]',
    '[3,["id"]]',
    '[3,"id","id"]',
    '[4]',
    '[4,null]',
    '[4,"id","claims"]',
    '[4,"id",null,null]',
    '[5,"x"]',
    '[-1]',
    '["0",1,2]',
    '[99,"x"]',
    '[104,"x"]',
    '[100]',
    '[100,"1.0"]',
    '[100,[1]]',
    '[100,["1.0"],null]',
    '[101]',
    `[101,"${digest}"]`,
    `[101,["${digest.toUpperCase()}"]]`,
    `[101,["${digest.slice(1)}"]]`,
    `[101,["${digest}0"]]`,
    `[101,["${digest}",""]]`,
    '[102]',
    '[102,""]',
    '[102,1]',
    '[102,["n"]]',
    '[102,"two words"]',
    '[102,"\\u0000"]',
    '[102,"é"]',
    `[102,"${'x'.repeat(129)}"]`,
    '[102,"n",1]',
    '[103]',
    '[103,0]',
    '[103,-1]',
    '[103,1.5]',
    '[103,"5"]',
    '[103,525601]',
    '[103,1e300]',
    '[103,5,5]',
    '["100",["1.0"]]',
    '{"version":1}',
    '{"version":1,"permissions":"all"}',
    '{"version":1,"permissions":null}',
    '{"version":1,"permissions":{"users":[]}}',
    '{"version":1,"permissions":{"projects":"six"}}',
    '{"version":2,"permissions":"user"}',
    '{"exp":2}',
    '{"nbf":"1","exp":"2"}',
    '[1,["six"]] trailing',
  ])('%s is not, and never holds', (text) => {
    const caveat = parseCaveat(text);
    expect(caveat).toEqual(['unknown']);
    expect(checkCaveats([caveat], context)).toEqual({ ok: false, code: 'caveat.unknown', index: 0 });
  });

  it.each<[string, Partial<CaveatContext>, string | null]>([
    ['[0,1001,1000]', {}, null],
    ['[0,1000,0]', {}, 'caveat.expired'],
    ['[0,999,0]', {}, 'caveat.expired'],
    ['[0,2000,1001]', {}, 'caveat.not-yet-valid'],
    ['[0,2000,1000]', {}, null],
    ['[1,["six"]]', {}, null],
    ['[1,["foo","six"]]', {}, null],
    ['[1,["six"]]', { projectId: null }, null],
    ['[1,["Six"]]', {}, 'caveat.wrong-project'],
    ['[1,["foo"]]', {}, 'caveat.wrong-project'],
    ['[1,[]]', {}, 'caveat.wrong-project'],
    ['[2,["p-1"]]', {}, null],
    ['[2,["p-2","p-1"]]', {}, null],
    ['[2,["p-2"]]', {}, 'caveat.wrong-project'],
    ['[2,["p-1"]]', { projectId: null }, 'caveat.wrong-project'],
    ['[2,["null"]]', { projectId: null }, 'caveat.wrong-project'],
    ['[2,[]]', {}, 'caveat.wrong-project'],
    ['[3,"u-1"]', {}, null],
    ['[3,"u-2"]', {}, 'caveat.wrong-user'],
    ['[3,"u-1"]', { userId: null }, 'caveat.wrong-user'],
    ['[3,"null"]', { userId: null }, 'caveat.wrong-user'],
    ['{"version":1,"permissions":"user"}', { userId: null }, 'caveat.wrong-user'],
    ['[4,"u-1"]', {}, 'caveat.wrong-publisher'],
    ['[4,"o-1"]', { publisherIds: new Set(['o-1']) }, null],
    ['[4,"o-1",null]', { publisherIds: new Set(['o-0', 'o-1']) }, null],
    ['[4,"o-2",{"ref":"x"}]', { publisherIds: new Set(['o-1']) }, 'caveat.wrong-publisher'],
    ['[4,"u-1"]', { publisherIds: new Set(['o-1']) }, 'caveat.wrong-publisher'],
    ['[100,["1.0"]]', {}, null],
    ['[100,["2.0","1"]]', {}, null],
    ['[100,["2.0"]]', {}, 'caveat.wrong-version'],
    ['[100,[]]', {}, 'caveat.wrong-version'],
    [`[101,["${digest}"]]`, {}, null],
    [`[101,["${other}","${digest}"]]`, {}, null],
    [`[101,["${other}"]]`, {}, 'caveat.wrong-file'],
    [`[101,["${digest}"]]`, { sha256: other }, 'caveat.wrong-file'],
    ['[101,[]]', {}, 'caveat.wrong-file'],
    ['[101,[]]', { sha256: '' }, 'caveat.wrong-file'],
    ['[102,"fresh"]', {}, null],
    ['[102,"used"]', {}, 'caveat.used'],
    ['[102,"used"]', { usedNonces: new Set() }, null],
    ['[103,5]', {}, 'caveat.needs-second-factor'],
    ['[103,5]', { secondFactorAtSeconds: 1_000 }, null],
    ['[103,5]', { secondFactorAtSeconds: 701 }, null],
    ['[103,5]', { secondFactorAtSeconds: 700 }, 'caveat.needs-second-factor'],
    ['[103,5]', { secondFactorAtSeconds: 1_001 }, 'caveat.needs-second-factor'],
    ['[103,525600]', { secondFactorAtSeconds: 1 }, null],
    ['{"version":1,"permissions":"user"}', {}, null],
    ['{"version":1,"permissions":{"projects":["foo"]}}', {}, 'caveat.wrong-project'],
    ['{"nbf":0,"exp":1000}', {}, 'caveat.expired'],
  ])('%s with %j: %s', (text, changes, code) => {
    const verdict = checkCaveats([parseCaveat(text)], { ...context, ...changes });
    expect(verdict).toEqual(code === null ? { ok: true } : { ok: false, code, index: 0 });
  });
});

describe('several caveats', () => {
  const check = (...texts: string[]) => checkCaveats(texts.map(parseCaveat), context);

  it('hold only together', () => {
    expect(check()).toEqual({ ok: true });
    expect(check('[1,["six"]]', '[0,2000,0]', '[3,"u-1"]')).toEqual({ ok: true });
    expect(check('[1,["six"]]', '[1,["foo"]]')).toEqual({
      ok: false,
      code: 'caveat.wrong-project',
      index: 1,
    });
  });

  it('name the first that does not hold', () => {
    expect(check('[3,"u-1"]', '[9]', '[0,1,0]')).toEqual({ ok: false, code: 'caveat.unknown', index: 1 });
    expect(check('[0,1,0]', '[9]')).toEqual({ ok: false, code: 'caveat.expired', index: 0 });
  });
});
