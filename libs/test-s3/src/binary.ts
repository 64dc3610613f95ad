import { execFile } from 'node:child_process';
import { access, constants, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
/** A cold build takes three minutes on an idle machine with two cores. */
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** Where the checkout begins, seen from `src/` and from `dist/`. */
const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/** The S3 server cannot be had here; a caller that can do without says so and skips. */
export class S3ServerMissing extends Error {}

/**
 * Path of the versitygw binary: `RIND_VERSITYGW`, else the one in `.cache/` of the checkout, which is built on first
 * use. Throws {@link S3ServerMissing} when there is neither a binary nor Go to build one.
 */
export async function findServerBinary(): Promise<string> {
  const named = process.env['RIND_VERSITYGW'];
  if (named !== undefined && named !== '') {
    if (!(await isExecutable(named))) throw new S3ServerMissing(`RIND_VERSITYGW is no program: ${named}`);
    return named;
  }
  const cached = join(CHECKOUT, '.cache', `versitygw-${VERSION}`, 'versitygw');
  if (!(await isExecutable(cached))) await build(cached);
  return cached;
}

async function build(target: string): Promise<void> {
  // A name of its own: two processes may build at the same time, and neither may run half a program.
  const folder = join(dirname(target), `build-${process.pid}`);
  await mkdir(folder, { recursive: true });
  process.stderr.write(`building ${MODULE}; this takes some minutes, once\n`);
  try {
    await promisify(execFile)('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: folder },
      timeout: BUILD_TIMEOUT_MS,
      maxBuffer: 64 << 20,
    });
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new S3ServerMissing(
      missing
        ? `the S3 server of the tests is missing: no ${target}, and no go (1.24 or newer) to build ${MODULE}`
        : `the S3 server of the tests could not be built: go install ${MODULE}`,
      { cause: error },
    );
  }
  await rename(join(folder, 'versitygw'), target);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
