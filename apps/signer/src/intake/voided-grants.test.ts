import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthLog } from '../auth-log/auth-log.ts';
import { SignerError } from '../errors.ts';
import { VoidedGrants } from './voided-grants.ts';

let answers: boolean;
let asked: number;
let warnings: string[];
let nowMs: number;
let subject: VoidedGrants;

beforeEach(() => {
  answers = true;
  asked = 0;
  warnings = [];
  nowMs = 0;
  const log: Pick<AuthLog, 'voided'> = {
    voided: async (ids) => {
      asked++;
      if (!answers) throw new SignerError('auth.unavailable', 'no answer', { reason: 'test' });
      return new Set(ids.filter((id) => id === 'void'));
    },
  };
  subject = new VoidedGrants(
    log,
    (event) => warnings.push(event),
    () => nowMs,
  );
});

const among = async (...ids: string[]): Promise<string[]> => [...(await subject.among(ids))];

describe('voided grants', () => {
  it('are those that auth names', async () => {
    expect(await among('void', 'good')).toEqual(['void']);
    expect(warnings).toEqual([]);
  });

  it('are not asked for when no grant of auth is in the batch', async () => {
    expect(await among()).toEqual([]);
    expect(asked).toBe(0);
  });

  it('hold nothing up while auth is away: none is known, and it is not waited for each time', async () => {
    answers = false;
    expect(await among('void')).toEqual([]);
    expect(await among('void')).toEqual([]);
    expect(asked).toBe(1);
  });

  it('are known again a few seconds after auth is back', async () => {
    answers = false;
    await among('void');
    answers = true;
    nowMs = 4_999;
    expect(await among('void')).toEqual([]);
    nowMs = 5_000;
    expect(await among('void')).toEqual(['void']);
  });

  it('are missed with one warning a minute', async () => {
    answers = false;
    for (nowMs = 0; nowMs < 120_000; nowMs += 1_000) await among('void');
    expect(warnings).toEqual(['grants.unverified', 'grants.unverified']);
  });
});
