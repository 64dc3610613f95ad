import { FaultError } from './errors.ts';

/** What is called: the object store, a private key, the database. */
export type FaultTarget = 'store' | 'key' | 'db';

/** How often what goes wrong; plain data, so that it can be handed to a thread. */
export interface FaultSpec {
  /** Chance, 0 to 1, that a call of that target fails before anything happened, or stalls. */
  readonly store: number;
  readonly key: number;
  readonly db: number;
  /** Chance, 0 to 1, that a call of any target works and its reply never arrives. */
  readonly lost: number;
  /** How long a call stalls before it works, in milliseconds; 0: none stalls, all of them fail. */
  readonly stallMs: number;
}

const chance = /^(?:0(?:\.[0-9]{1,6})?|1(?:\.0{1,6})?)$/;
const milliseconds = /^[0-9]{1,6}$/;
const names = ['store', 'key', 'db', 'lost', 'stall'] as const;

/** Parses the value of RIND_FAULTS: `store:0.2,key:0.2,db:0.2,lost:0.1,stall:500`, in any order. Throws `faults.bad-spec`. */
export function parseFaultSpec(spec: string): FaultSpec {
  const refuse = (problem: string): never => {
    throw new FaultError('faults.bad-spec', `RIND_FAULTS: ${problem}`, { spec, problem });
  };
  const given = new Map<string, number>();
  for (const part of spec.split(',')) {
    const [name = '', value = '', ...rest] = part.split(':');
    if (!names.some((known) => known === name)) refuse(`"${name}" is none of ${names.join(', ')}`);
    if (given.has(name)) refuse(`${name} is given twice`);
    const form = name === 'stall' ? milliseconds : chance;
    if (rest.length > 0 || !form.test(value)) {
      refuse(`${name} needs ${name === 'stall' ? 'milliseconds' : 'a chance from 0 to 1'}`);
    }
    given.set(name, Number(value));
  }
  const of = (name: (typeof names)[number]): number => given.get(name) ?? 0;
  for (const target of ['store', 'key', 'db'] as const) {
    if (of(target) + of('lost') > 1) refuse(`${target} and lost are more than 1 together`);
  }
  return { store: of('store'), key: of('key'), db: of('db'), lost: of('lost'), stallMs: of('stall') };
}
