import { parseArgs } from 'node:util';
import { noBudget } from './budget.ts';
import type { Budget } from './world.ts';

export interface Options {
  readonly signers: number;
  readonly depth: number;
  readonly states: number;
  readonly budget: Budget;
  readonly goOnEvery: number;
  /** File for the summary. */
  readonly json: string | null;
  /** Explore the mutants instead, and print what each leads to. */
  readonly mutants: boolean;
}

export const usage =
  'npm run explore -- [--signers 2] [--depth 1000] [--files 2] [--crashes 1] [--lost 1] [--late 0] ' +
  '[--expiries 1] [--drains 0] [--power-cuts 0] [--refreshes 0] [--restores 0] [--setbacks 0] [--states 20000000] ' +
  '[--go-on-every 16] [--json FILE] | --mutants';

const numbers = {
  signers: 2,
  depth: 1000,
  states: 20_000_000,
  files: 2,
  crashes: 1,
  lost: 1,
  late: 0,
  expiries: 1,
  drains: 0,
  'power-cuts': 0,
  refreshes: 0,
  restores: 0,
  setbacks: 0,
  'go-on-every': 16,
} as const;

/** Null for anything that is not understood. */
export function readOptions(args: readonly string[]): Options | null {
  try {
    const options = Object.fromEntries(
      Object.keys(numbers).map((name) => [name, { type: 'string' } as const]),
    );
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, json: { type: 'string' }, mutants: { type: 'boolean' } },
    });
    const given: Readonly<Record<string, unknown>> = values;
    const number = (name: keyof typeof numbers): number => wholeNumber(given[name], numbers[name]);
    const budget: Budget = {
      ...noBudget,
      files: number('files'),
      crashes: number('crashes'),
      faults: number('lost'),
      late: number('late'),
      expiries: number('expiries'),
      drains: number('drains'),
      powerCuts: number('power-cuts'),
      refreshes: number('refreshes'),
      restores: number('restores'),
      setbacks: number('setbacks'),
    };
    return {
      signers: Math.max(1, number('signers')),
      depth: number('depth'),
      states: number('states'),
      goOnEvery: Math.max(1, number('go-on-every')),
      budget,
      json: typeof values.json === 'string' ? values.json : null,
      mutants: values.mutants === true,
    };
  } catch {
    return null;
  }
}

function wholeNumber(text: unknown, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) throw new TypeError('not a whole number');
  return Number(text);
}
