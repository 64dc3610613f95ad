import { attacksPythonTuf } from './suites/attacks-python-tuf.ts';
import { attacksRind } from './suites/attacks-rind.ts';
import { consuming } from './suites/consuming.ts';
import { fsck } from './suites/fsck.ts';
import { killing } from './suites/killing.ts';
import { installers } from './suites/installers.ts';
import { mirrors } from './suites/mirrors.ts';
import { pages } from './suites/pages.ts';
import { publishers } from './suites/publishers.ts';
import { pythonTuf } from './suites/python-tuf.ts';
import { refusals } from './suites/refusals.ts';
import { rindCli } from './suites/rind-cli.ts';
import { rotation, rotationLarge } from './suites/rotation.ts';
import type { Bench, Suite } from './suite.ts';
import { tamperingPythonTuf } from './suites/tampering-python-tuf.ts';
import { tamperingRind } from './suites/tampering-rind.ts';
import { tokens } from './suites/tokens.ts';
import { trustedPublishing } from './suites/trusted-publishing.ts';
import { twine } from './suites/twine.ts';
import { twoSigners } from './suites/two-signers.ts';
import { uv } from './suites/uv.ts';
import { explicitBins, fewSuccinctBins, slowClients, slowTough, verifying } from './suites/verifying.ts';

/** Suites that share one instance, in the order of a run: uploading first, attacks last. */
export const suites: readonly Suite[] = [
  twine,
  uv,
  publishers,
  tokens,
  refusals,
  installers,
  pages,
  pythonTuf,
  verifying,
  consuming,
  mirrors,
  rindCli,
  tamperingPythonTuf,
  tamperingRind,
];

/** Suites that do to an instance what no other suite could bear: each starts its own. */
export const suitesApart: readonly Suite<Bench>[] = [
  rotationLarge,
  rotation,
  attacksRind,
  attacksPythonTuf,
  fsck,
  trustedPublishing,
  fewSuccinctBins,
  explicitBins,
  twoSigners,
  killing,
];

/** Suites that take many minutes: run with `--slow`, or by their names. */
export const suitesSlow: readonly Suite<Bench>[] = [slowTough, slowClients];
