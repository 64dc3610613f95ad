import { parseArgs } from 'node:util';

export const usage =
  'npm run interop -- [--only SUITE]… [--slow] [--write] [--newest] [--keep] [--lanes N] [--json FILE]';

/** What a run is asked for. */
export interface Options {
  /** Names of suites; empty: all but the slow ones. */
  readonly only: readonly string[];
  /** Also the suites that take many minutes. */
  readonly slow: boolean;
  /** Writes the table in docs/compatibility.md instead of comparing it with the run. */
  readonly write: boolean;
  /** The newest clients on Python instead of the pinned ones; the table is neither written nor compared. */
  readonly newest: boolean;
  /** Leaves the folder of the run in place, as a failure does. */
  readonly keep: boolean;
  /** So many instances at one time. */
  readonly lanes: number;
  /** Where the cells go as JSON. */
  readonly json: string | null;
}

/** @throws Error when the arguments make no sense */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      slow: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      newest: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      lanes: { type: 'string', default: '2' },
      json: { type: 'string' },
    },
  });
  if (values.write && values.newest) throw new Error('--write is for the pinned clients: not with --newest');
  if (!/^[1-9]$/.test(values.lanes)) throw new Error('--lanes takes a number from 1 to 9');
  return { ...values, lanes: Number(values.lanes), json: values.json ?? null };
}
