import { join } from 'node:path';
import { openPool } from '@rind/database';
import type { KeyId } from '@rind/kernel';
import { binName, planCeremony, serializePlan } from '@rind/repository';
import type { CheckedPlan, KeyChange, OfflineRole } from '@rind/repository';
import { signByLocalHolders } from '../ceremony/local-holders.ts';
import { metadataLocation } from '../ceremony/metadata-location.ts';
import type { MetadataLocation } from '../ceremony/metadata-location.ts';
import { freeVersion, readPublished, readRoots } from '../ceremony/published.ts';
import type { Published } from '../ceremony/published.ts';
import { awaitEffect, handOver, readSignedFile, stageRoot } from '../ceremony/publishing.ts';
import { appointedBy, changesOf, listedKeys, newKeyFile, stepOf } from '../ceremony/rotation.ts';
import type { OnlineRole, RotationStep } from '../ceremony/rotation.ts';
import { replaceFile } from '../ceremony/travelling-file.ts';
import { openWritableStore } from '../ceremony/writable-store.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { LocalInstance } from '../instance.ts';
import type { Invocation } from '../invocation.ts';
import { adoptedRoot, effectTimeoutMs } from './ceremony.ts';

const yearMs = 365 * 86_400_000;

export interface RotateOptions {
  readonly emergency?: boolean;
  readonly now?: boolean;
}

/** A rotation from wherever it stands to its end, or to where people have to sign or time has to pass. */
export async function rotateOnline(
  invocation: Invocation,
  roles: readonly OnlineRole[],
  options: RotateOptions,
): Promise<ExitCode> {
  const { by } = appointedBy(roles[0]!);
  if (roles.some((role) => appointedBy(role).by !== by)) {
    throw new CliError('usage.invalid', 'bins are rotated by themselves: another role appoints their keys', {
      argument: 'role',
    });
  }
  const instance = invocation.instance();
  const rotation = new Rotation(invocation, instance, by, roles, options);
  return rotation.toEnd();
}

/**
 * After a thief published versions far ahead: the keys of timestamp and snapshot change at once, so that clients
 * forget what they saw (TUF 1.0.34 §5.3.11), and the signer goes on from the versions of its own record.
 */
export async function recoverFastForward(invocation: Invocation): Promise<ExitCode> {
  const instance = invocation.instance();
  const location = metadataLocation(instance.metadata);
  const roles = ['timestamp', 'snapshot'] as const;
  const roots = await readRoots(location);
  const root = readSignedFile('root', roots.at(-1)!);
  const listed = listedKeys(roles, (root.metadata as Published['root']).signed, undefined);
  const changes = await changesOf('replace', listed, (role) => newKeyFile(instance, role, root.version + 1));
  const nowMs = invocation.clock.nowMs();
  const checked = planCeremony({ role: 'root', files: { roots }, changes, nowMs, expiresMs: nowMs + yearMs });
  const signed = await signByLocalHolders(checked, instance);
  if (signed === null) return handToPeople(invocation, instance, checked, 'replace');
  const file = readSignedFile('root', signed);
  const opened = await openWritableStore(instance);
  try {
    await stageRoot(opened.store, file);
    await awaitEffect(file, location, () => adoptedRoot(instance, 'root'), effectTimeoutMs);
  } finally {
    await opened.close();
  }
  const value = { recovered: true, root: file.version };
  invocation.output.result(value, `root ${file.version} is in effect: timestamp and snapshot have new keys`);
  return exitCodes.ok;
}

/**
 * After online keys were stolen or lost: each of them is replaced at once, whatever rotation it was in the middle of,
 * and none of the old ones counts any more. Timestamp and snapshot change together, so that clients also forget what a
 * thief may have shown them. Where people must sign, both plans are written before it ends.
 */
export async function recoverKeys(invocation: Invocation): Promise<ExitCode> {
  const instance = invocation.instance();
  const codes: ExitCode[] = [];
  for (const roles of [['timestamp', 'snapshot'], ['bins']] as const) {
    const { by } = appointedBy(roles[0]);
    codes.push(await new Rotation(invocation, instance, by, roles, { emergency: true }).replaceAll());
  }
  return codes.find((code) => code !== exitCodes.ok) ?? exitCodes.ok;
}

class Rotation {
  private readonly invocation: Invocation;
  private readonly instance: LocalInstance;
  private readonly by: OfflineRole;
  private readonly roles: readonly OnlineRole[];
  private readonly options: RotateOptions;
  private readonly location: MetadataLocation;

  constructor(
    invocation: Invocation,
    instance: LocalInstance,
    by: OfflineRole,
    roles: readonly OnlineRole[],
    options: RotateOptions,
  ) {
    this.invocation = invocation;
    this.instance = instance;
    this.by = by;
    this.roles = roles;
    this.options = options;
    this.location = metadataLocation(instance.metadata);
  }

  async toEnd(): Promise<ExitCode> {
    for (;;) {
      const published = await readPublished(this.location);
      const listed = listedKeys(this.roles, published.root.signed, published.filesFor('bins').bins);
      const step = stepOf(listed, this.options.emergency === true);
      if (step === null) {
        throw new CliError(
          'usage.invalid',
          'one of the roles is in the middle of a rotation: finish it by itself',
          {
            argument: 'role',
          },
        );
      }
      if (step === 'finish' && !(await this.mayFinish(listed))) return exitCodes.notYet;
      const done = await this.perform(step, published, listed);
      if (done !== exitCodes.ok || step !== 'begin') return done;
    }
  }

  /** New keys in place of all that are listed. */
  async replaceAll(): Promise<ExitCode> {
    const published = await readPublished(this.location);
    const listed = listedKeys(this.roles, published.root.signed, published.filesFor('bins').bins);
    return this.perform('replace', published, listed);
  }

  /** For bins: not before the last one is signed by the new key, unless they are to be signed at once. */
  private async mayFinish(listed: ReadonlyMap<OnlineRole, readonly KeyId[]>): Promise<boolean> {
    const keyId = listed.get('bins')?.at(-1);
    if (keyId === undefined || this.options.now === true || this.options.emergency === true) return true;
    const left = await binsLeft(this.instance, keyId);
    if (left === 0) return true;
    const text = `${left} bins are signed by the old key still; within a day they are signed anew. Run this again, or with --now`;
    this.invocation.output.result({ step: 'finish', done: false, binsLeft: left }, text);
    return false;
  }

  private async perform(
    step: RotationStep,
    published: Published,
    listed: ReadonlyMap<OnlineRole, readonly KeyId[]>,
  ): Promise<ExitCode> {
    const { by, instance, location, invocation } = this;
    const nowMs = invocation.clock.nowMs();
    const before = published.versionOf(by);
    const version = by === 'root' ? before + 1 : await freeVersion(location, by, before);
    const changes: KeyChange[] = await changesOf(step, listed, (role) => newKeyFile(instance, role, version));
    const files = published.filesFor(by);
    const checked = planCeremony({ role: by, files, changes, nowMs, expiresMs: nowMs + yearMs, version });
    const signed = await signByLocalHolders(checked, instance);
    if (signed === null) return handToPeople(invocation, instance, checked, step);
    await this.publish(signed, nowMs);
    const after = [...listed].map(([role]) => role).join(' and ');
    invocation.output.result(
      { step, role: by, version, done: true },
      `${by} ${version}: ${described[step]} ${after}`,
    );
    return exitCodes.ok;
  }

  private async publish(signed: Uint8Array, nowMs: number): Promise<void> {
    const { by, instance, location } = this;
    const file = readSignedFile(by, signed);
    const opened = await openWritableStore(instance);
    try {
      const emergency = this.options.emergency === true;
      await handOver(file, { location, store: opened.store, nowMs, emergency });
      await awaitEffect(file, location, () => adoptedRoot(instance, by), effectTimeoutMs);
    } finally {
      await opened.close();
    }
  }
}

const described: Readonly<Record<RotationStep, string>> = {
  begin: 'old and new key count for',
  finish: 'only the new key counts for',
  replace: 'only the new key counts from now on for',
};

/** In production the offline keys are elsewhere: their holders sign the plan, and the same command goes on afterwards. */
function handToPeople(
  { output }: Invocation,
  { dataDir }: LocalInstance,
  checked: CheckedPlan,
  step: RotationStep,
): ExitCode {
  const out = join(dataDir, `rotate-${checked.version}.${checked.role}.plan.json`);
  replaceFile(out, serializePlan(checked.plan));
  const text = `the holders of ${checked.role} must sign ${out}: rind ceremony ${checked.role} sign, assemble, publish${step === 'replace' ? ' --emergency' : ''}`;
  output.result({ step, role: checked.role, version: checked.version, done: false, plan: out }, text);
  return exitCodes.notYet;
}

/** How many bins the new key has not signed yet, by the signer's log of signatures. */
async function binsLeft({ db }: LocalInstance, keyId: KeyId): Promise<number> {
  const pool = openPool(db.signer, { max: 1, name: 'rotate' });
  try {
    const { rows } = await pool.query<{ idx: number; version: string }>(
      `SELECT idx, version FROM signer.bin ORDER BY idx`,
    );
    const bitLength = Math.log2(rows.length);
    const { rows: signed } = await pool.query<{ count: string }>(
      `SELECT count(DISTINCT s.role) AS count FROM signer.signature_log AS s
         JOIN unnest($1::text[], $2::bigint[]) AS n (role, version) ON n.role = s.role AND n.version = s.version
        WHERE s.key_id = $3`,
      [rows.map(({ idx }) => binName(idx, bitLength)), rows.map(({ version }) => version), keyId],
    );
    return rows.length - Number(signed[0]!.count);
  } finally {
    await pool.close();
  }
}
