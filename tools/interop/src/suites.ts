import { fsck } from './suites/fsck.ts';
import { killing } from './suites/killing.ts';
import { installers } from './suites/installers.ts';
import { pythonTuf } from './suites/python-tuf.ts';
import { refusals } from './suites/refusals.ts';
import { rindCli } from './suites/rind-cli.ts';
import { rotation, rotationLarge } from './suites/rotation.ts';
import type { Bench, Suite } from './suite.ts';
import { tamperingPythonTuf } from './suites/tampering-python-tuf.ts';
import { tamperingRind } from './suites/tampering-rind.ts';
import { twine } from './suites/twine.ts';
import { twoSigners } from './suites/two-signers.ts';
import { uv } from './suites/uv.ts';

/** Suites that share one instance, in the order of a run: uploading first, attacks last. */
export const suites: readonly Suite[] = [
  twine,
  uv,
  refusals,
  installers,
  pythonTuf,
  rindCli,
  tamperingPythonTuf,
  tamperingRind,
];

/** Suites that do to an instance what no other suite could bear: each starts its own. */
export const suitesApart: readonly Suite<Bench>[] = [fsck, twoSigners, killing, rotation, rotationLarge];
