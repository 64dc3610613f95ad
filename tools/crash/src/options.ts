import { parseArgs } from 'node:util';
import { systemRandomness } from '@rind/kernel';
import { anySeed } from './chance.ts';
import { storeKinds } from './store-setting.ts';
import type { StoreKind } from './store-setting.ts';

/** What `npm run crash` was asked to do. */
export interface CrashOptions {
  readonly store: StoreKind;
  readonly seed: number;
  /** Kill at every named point once. */
  readonly points: boolean;
  /** At the points that a take-over passes, also there. */
  readonly takeovers: boolean;
  /** Stop the writer at every named point once, until another one has published. */
  readonly stopPoints: boolean;
  /** Of the named points, those whose `PROCESS/POINT:N` has this in it. */
  readonly only: string;
  /** Kills at random moments. */
  readonly kills: number;
  /** Stop and continue signers until so many publications are closed. */
  readonly publications: number;
  /** 0: as many as the mode wants. */
  readonly signers: number;
  readonly handOverMs: number;
  readonly drainMs: number;
  readonly json: string | null;
  readonly keep: boolean;
}

export const usage = `npm run crash -- [--points [--takeovers]] [--stop-points] [--kills N] [--stops [--publications N]] [options]

  --points            kill at every named point once (--takeovers: also where a take-over passes it)
  --stop-points       stop the writer at every named point once, until another has published
  --only TEXT         of the named points, those with TEXT in PROCESS/POINT:N
  --kills N           kill a random process at a random moment, N times
  --stops             stop and continue random signers, and let leases go over
  --publications N    until so many are closed in all (500)
  --signers K         signers on the index (2; 3 with --stops)
  --store fs|s3       where the instance publishes (fs)
  --seed S            of the choices (any; it is printed)
  --hand-over-ms N    most, in the median, from a writer's SIGKILL to the next publication (5000)
  --drain-ms N        the same from its SIGTERM (1000)
  --json FILE         the summary as JSON
  --keep              leaves the folder of the run in place, as a failure does`;

/** Throws with a text for whoever typed it. */
export function parseOptions(args: readonly string[]): CrashOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      points: { type: 'boolean', default: false },
      takeovers: { type: 'boolean', default: false },
      'stop-points': { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      random: { type: 'boolean', default: false },
      kills: { type: 'string' },
      stops: { type: 'boolean', default: false },
      publications: { type: 'string', default: '500' },
      signers: { type: 'string', default: '0' },
      store: { type: 'string', default: 'fs' },
      seed: { type: 'string' },
      'hand-over-ms': { type: 'string', default: '5000' },
      'drain-ms': { type: 'string', default: '1000' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const kills = values.kills === undefined ? (values.random ? 100 : 0) : whole('--kills', values.kills, 1);
  if (!values.points && !values['stop-points'] && !values.stops && kills === 0)
    throw new Error('nothing to do');
  const store = storeKinds.find((kind) => kind === values.store);
  if (store === undefined) throw new Error(`--store is ${storeKinds.join(' or ')}`);
  return {
    store,
    seed: values.seed === undefined ? anySeed(systemRandomness) : whole('--seed', values.seed, 0),
    points: values.points,
    takeovers: values.takeovers,
    only: values.only,
    stopPoints: values['stop-points'],
    kills,
    publications: values.stops ? whole('--publications', values.publications, 1) : 0,
    signers: whole('--signers', values.signers, 0),
    handOverMs: whole('--hand-over-ms', values['hand-over-ms'], 1),
    drainMs: whole('--drain-ms', values['drain-ms'], 1),
    json: values.json ?? null,
    keep: values.keep,
  };
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new Error(`${name} is a whole number from ${least}`);
  return number;
}
