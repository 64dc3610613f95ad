import { join } from 'node:path';
import { openPool, recoverIndex } from '@rind/database';
import type { Pool, RecoveredFile } from '@rind/database';
import { parseGrantKeys } from '@rind/index-model';
import { z } from 'zod';
import { openWritableStore } from '../ceremony/writable-store.ts';
import { counted } from '../counted.ts';
import type { LocalInstance } from '../instance.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import { readGrantLog } from '../recover/auth-grant-log.ts';
import { compare, publishedNumbers } from '../recover/comparison.ts';
import type { Comparison, Evidence } from '../recover/comparison.ts';
import { grantedFile, recoveredFile, recoveredRequest } from '../recover/recovered-files.ts';
import { readSignedRepository } from '../recover/signed-repository.ts';
import { digestsOf } from '../recover/stored-files.ts';
import { StoredVersions } from '../recover/stored-versions.ts';
import { asWriter } from '../recover/writer-lease.ts';

export interface RecoverDatabaseOptions {
  readonly dryRun?: boolean;
}

const secretsFile = z.looseObject({ database: z.looseObject({ owner: z.string() }) });

/** Paths that one audit event names; the report on stdout names all. */
const maxListed = 100;

/**
 * Makes an index database that was set back equal to what is published (docs/reference/recovery.md). Done again, it
 * finds nothing to do; ended in the middle, it has changed nothing.
 * @throws CliError `recovery.writer-active`; CeremonyError `ceremony.untrusted`; RepositoryError `store.missing`,
 *   `store.corrupt`
 */
export async function recoverDatabase(
  invocation: Invocation,
  { dryRun = false }: RecoverDatabaseOptions,
): Promise<void> {
  const instance = invocation.instance();
  const index = openPool(ownerUrl(instance), { max: 3, name: 'recover', statementTimeoutMs: 600_000 });
  const auth = openPool(instance.db.auth, { max: 1, name: 'recover-grants' });
  const opened = await openWritableStore(instance);
  try {
    const examine = async (): Promise<[Evidence, Comparison]> => {
      const evidence = await gather(invocation, instance, opened.store, auth);
      return [evidence, await compare(index, evidence)];
    };
    if (dryRun) {
      const [, comparison] = await examine();
      report(invocation, comparison, { recovered: false, dryRun });
      return;
    }
    await asWriter(index, async (fence) => {
      const [evidence, comparison] = await examine();
      if (!comparison.behind.isSetBack) {
        report(invocation, comparison, { recovered: false, dryRun });
        return;
      }
      await recoverIndex(index, fence, await recoveredIndex(evidence, comparison));
      report(invocation, comparison, { recovered: true, dryRun });
    });
  } finally {
    await Promise.all([index.close(), auth.close(), opened.close()]);
  }
}

/** The owner of the tables: neither the signer nor the warehouse may write what both are to know. */
function ownerUrl({ dataDir, db }: LocalInstance): string {
  const text = new TextDecoder().decode(readLocalFile(join(dataDir, 'secrets.json')));
  const url = new URL(db.signer);
  url.username = 'rind_owner';
  url.password = secretsFile.parse(JSON.parse(text)).database.owner;
  return url.href;
}

/** The numbers are listed last: what was stored before they are is among them, and nobody else writes. */
async function gather(
  { output, clock }: Invocation,
  { dataDir, root, repository }: LocalInstance,
  store: Evidence['store'],
  auth: Pool,
): Promise<Evidence> {
  const keys = parseGrantKeys(
    new TextDecoder().decode(readLocalFile(join(dataDir, 'keys', 'trusted-grant-keys.json'))),
  );
  const signed = await readSignedRepository(store, readLocalFile(root), (done, total) => {
    if (done % 1_024 === 0 || done === total) output.progress(`bins: ${done} of ${total}`);
  });
  const log = await readGrantLog(auth, keys, repository);
  return { store, signed, log, stored: await StoredVersions.list(store), nowMs: clock.nowMs() };
}

async function recoveredIndex(evidence: Evidence, comparison: Comparison) {
  const { signed, stored } = evidence;
  return {
    timestampSha256: signed.timestampSha256,
    ...publishedNumbers(signed, stored),
    paths: comparison.paths,
    projects: comparison.projects,
    applied: comparison.applied.map(recoveredRequest),
    files: await missingFiles(evidence, comparison),
    requeued: comparison.requeued.map(recoveredRequest),
    report: summary(comparison, maxListed),
  };
}

/** Rows of the register for what is signed, was signed, or was accepted. */
async function missingFiles(evidence: Evidence, comparison: Comparison): Promise<RecoveredFile[]> {
  const { store, log } = evidence;
  const uploaders = new Map(log.grants.map(({ grant, targetPath }) => [targetPath, grant.actor]));
  const wanted = [...comparison.paths, ...comparison.requeued.flatMap((logged) => grantedFile(logged) ?? [])];
  const files: RecoveredFile[] = [];
  for (const file of wanted) {
    if (comparison.recorded.files.has(file.targetPath)) continue;
    const digests = comparison.digests.get(file.targetPath) ?? (await digestsOf(store, file));
    if (digests === null) continue;
    files.push(recoveredFile(file, digests, uploaders.get(file.targetPath) ?? 'unknown'));
  }
  return files;
}

function summary({ behind, paths, projects, applied, requeued, unproven }: Comparison, listed: number) {
  const { timestamp, snapshot, bins } = behind;
  return {
    timestamp,
    snapshot,
    bins,
    paths: paths.length,
    projects: projects.length,
    grants: applied.length,
    requeued: requeued.length,
    unproven: unproven.length,
    unprovenPaths: unproven.slice(0, listed),
  };
}

function report(
  { output }: Invocation,
  comparison: Comparison,
  outcome: { readonly recovered: boolean; readonly dryRun: boolean },
): void {
  const { behind, paths, projects, requeued, unproven } = comparison;
  const value = {
    ...outcome,
    needed: behind.isSetBack,
    ...summary(comparison, unproven.length),
    requeuedPaths: requeued.map(({ targetPath }) => targetPath),
  };
  const { timestamp, snapshot, bins } = behind;
  const head = !behind.isSetBack
    ? '✓ the database is not behind what is published: nothing to recover'
    : outcome.recovered
      ? '✓ the database is what is published; the signer goes on by itself'
      : 'the database is behind what is published: rind recover database';
  const lines = [
    head,
    `  timestamp ${timestamp.stored}, the database had ${timestamp.committed}; ` +
      `snapshot ${snapshot.stored}, the database had ${snapshot.committed}; ${counted(bins, 'bin')} differed`,
    `  ${counted(paths.length, 'file')} and ${counted(projects.length, 'project')} to correct, ` +
      `${counted(requeued.length, 'accepted upload')} queued again`,
    ...requeued.map(({ targetPath }) => `  queued again: ${targetPath}`),
    ...unproven.map(({ path, reason }) => `  ${reason}: ${path}`),
  ];
  output.result(value, lines.join('\n'));
}
