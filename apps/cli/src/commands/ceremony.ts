import { createInterface } from 'node:readline/promises';
import { parseRoot } from '@rind/metadata';
import type { KeyId } from '@rind/kernel';
import {
  assemble,
  checkPlan,
  describeDifference,
  differenceOf,
  missingOf,
  parseDetached,
  parsePlan,
  planCeremony,
  requireSigner,
  serializeDetached,
  serializePlan,
  signersOf,
} from '@rind/repository';
import type { CheckedPlan, OfflineRole, Progress } from '@rind/repository';
import { openKeyFile } from '@rind/signers-file';
import { keyChanges, readPublicKey } from '../ceremony/changes.ts';
import type { WrittenChanges } from '../ceremony/changes.ts';
import { metadataLocation } from '../ceremony/metadata-location.ts';
import type { MetadataLocation } from '../ceremony/metadata-location.ts';
import { freeVersion, readPublished } from '../ceremony/published.ts';
import { awaitEffect, handOver, readSignedFile } from '../ceremony/publishing.ts';
import { replaceFile, signatureFiles, writeOnce } from '../ceremony/travelling-file.ts';
import { openWritableStore } from '../ceremony/writable-store.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { requestJson } from '../http.ts';
import type { LocalInstance } from '../instance.ts';
import type { Invocation } from '../invocation.ts';
import { readLocalFile } from '../local-file.ts';
import { expiryOf } from './token.ts';

/** How long `publish` waits for the signer. */
export const effectTimeoutMs = 120_000;

export interface PlanOptions {
  readonly out: string;
  readonly expires?: string;
  readonly threshold?: readonly string[];
  readonly joining?: readonly string[];
  readonly location?: string;
}

/** Writes the unsigned next version, with what holders need to judge it. */
export async function planNext(
  { instance, clock, output }: Invocation,
  role: OfflineRole,
  options: PlanOptions,
  written: WrittenChanges,
): Promise<void> {
  const location = locationOf(options.location, instance);
  const published = await readPublished(location);
  const nowMs = clock.nowMs();
  const version =
    role === 'root' ? {} : { version: await freeVersion(location, role, published.versionOf(role)) };
  const checked = planCeremony({
    role,
    files: published.filesFor(role),
    changes: keyChanges(written, options.threshold ?? []),
    joining: (options.joining ?? []).map(readPublicKey),
    nowMs,
    expiresMs: Date.parse(expiryOf(options.expires ?? '365d', nowMs)),
    ...version,
  });
  writeOnce(options.out, serializePlan(checked.plan));
  const value = { ...planValue(checked), out: options.out };
  output.result(value, [...planText(checked), `written to ${options.out}`].join('\n'));
}

export interface SignOptions {
  readonly key: string;
  readonly passphraseFile: string;
  readonly out?: string;
  readonly root?: string;
  readonly yes?: boolean;
}

/** On the holder's own machine, without a network: shows what is signed, and signs it into a file of its own. */
export async function signPlan(
  { clock, output }: Invocation,
  role: OfflineRole,
  planFile: string,
  options: SignOptions,
): Promise<void> {
  const trusted = options.root === undefined ? undefined : readLocalFile(options.root);
  const checked = readPlan(role, planFile, clock.nowMs(), trusted);
  const passphrase = new TextDecoder().decode(readLocalFile(options.passphraseFile)).trim();
  const signer = await openKeyFile({ path: options.key, passphrase });
  requireSigner(checked, signer.keyId);
  if (process.stdin.isTTY && options.yes !== true) await askFor(planText(checked));
  const signature = { ...(await signer.sign(checked.signedBytes)), digest: checked.digest };
  const out =
    options.out ?? `${planFile}.${checked.digest.slice(0, 8)}.${signer.keyId.slice(0, 16)}.sig.json`;
  writeOnce(out, serializeDetached(checked, signature));
  const value = { ...planValue(checked), keyid: signer.keyId, out };
  output.result(value, [...planText(checked), `signed by ${signer.keyId}`, `written to ${out}`].join('\n'));
}

export interface AssembleOptions {
  readonly out: string;
}

/** The union of all signatures; writes the file once they are enough. */
export async function assemblePlan(
  { clock, output }: Invocation,
  role: OfflineRole,
  planFile: string,
  signatures: readonly string[],
  { out }: AssembleOptions,
): Promise<ExitCode> {
  const checked = readPlan(role, planFile, clock.nowMs());
  const files = signatureFiles(signatures);
  const handedIn = files.map((file) => parseDetached(readLocalFile(file)));
  const { judged, progress, complete, file } = assemble(checked, handedIn);
  if (complete) replaceFile(out, file);
  const verdicts = judged.map((each, i) => ({ file: files[i]!, ...each }));
  const value = {
    ...planValue(checked),
    complete,
    missing: missingOf(progress),
    progress: progress.map(({ by, valid, threshold, missing }) => ({ by, valid, threshold, missing })),
    signatures: verdicts,
    out: complete ? out : null,
  };
  const text = [
    ...verdicts.map(({ file: path, keyid, verdict }) => `  ${verdict.padEnd(10)} ${keyid}  ${path}`),
    ...progress.map(describeProgress),
    complete ? `written to ${out}` : `not enough yet: ${missingOf(progress)} missing, nothing written`,
  ];
  output.result(value, text.join('\n'));
  return complete ? exitCodes.ok : exitCodes.notYet;
}

export interface PublishOptions {
  readonly emergency?: boolean;
  /** Seconds. */
  readonly wait?: string;
}

/** Hands a signed file over to the signer and waits until it is in effect. */
export async function publishSigned(
  { instance, clock, output }: Invocation,
  role: OfflineRole,
  path: string,
  options: PublishOptions,
): Promise<void> {
  const local = instance();
  const waitMs = options.wait === undefined ? effectTimeoutMs : secondsOf(options.wait) * 1_000;
  const file = readSignedFile(role, readLocalFile(path));
  const location = metadataLocation(local.metadata);
  const opened = await openWritableStore(local);
  try {
    const { store } = opened;
    const handed = await handOver(file, {
      location,
      store,
      nowMs: clock.nowMs(),
      emergency: options.emergency === true,
    });
    output.progress(`waiting for the signer to put ${role} ${file.version} into effect`);
    await awaitEffect(file, location, () => adoptedRoot(local, role), waitMs);
    const { version, metadata } = file;
    const value = { role, version, expires: metadata.signed.expires, inEffect: true, already: !handed };
    output.result(value, `${role} ${version} is in effect until ${metadata.signed.expires}`);
  } finally {
    await opened.close();
  }
}

/** The root by which the signer works, as the status says; null for the other roles, which the snapshot shows. */
export async function adoptedRoot(local: LocalInstance, role: OfflineRole): Promise<number | null> {
  if (role !== 'root') return null;
  const status = (await requestJson(`${local.url}/api/v1/status`)) as { root?: { version?: number } };
  return status.root?.version ?? null;
}

export function locationOf(location: string | undefined, instance: () => LocalInstance): MetadataLocation {
  return metadataLocation(location ?? instance().metadata);
}

function readPlan(role: OfflineRole, path: string, nowMs: number, trusted?: Uint8Array): CheckedPlan {
  const plan = parsePlan(readLocalFile(path));
  if (plan.role !== role) {
    throw new CliError('usage.invalid', `${path} is a plan for ${plan.role}, not for ${role}`, {
      argument: path,
    });
  }
  return checkPlan(plan, nowMs, trusted);
}

function secondsOf(text: string): number {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new CliError('usage.invalid', `--wait wants seconds, not ${text}`, { argument: 'wait' });
}

async function askFor(lines: readonly string[]): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${lines.join('\n')}\nSign this? Type yes: `);
  terminal.close();
  if (answer.trim() !== 'yes') throw new CliError('usage.invalid', 'nothing was signed', { argument: 'yes' });
}

function planValue(checked: CheckedPlan) {
  const { version, expires, roles, others } = differenceOf(checked);
  const root = parseRoot(checked.plan.files.roots.at(-1)!).signed.version;
  return {
    role: checked.role,
    version: version.to,
    sha256: checked.digest,
    root,
    difference: { version, expires, roles, others },
    signers: [...signersOf(checked).keys()] as KeyId[],
  };
}

function planText(checked: CheckedPlan): string[] {
  return [...describeDifference(differenceOf(checked)), `  sha256     ${checked.digest}`];
}

function describeProgress({ by, valid, threshold, missing }: Progress): string {
  const who = by === 'present' ? 'who may sign now' : 'who may sign from this version on';
  return `  ${valid.length} of ${threshold} by ${who}${missing === 0 ? '' : `: ${missing} missing`}`;
}
