import type { TargetPath } from '@rind/kernel';
import { hashHex } from '@rind/crypto';
import {
  delegationsFor,
  isExpired,
  parseRoot,
  parseSnapshot,
  parseTargets,
  parseTimestamp,
  verifyThreshold,
} from '@rind/metadata';
import type { KeyMap, Metadata, MetaFile, RoleKeys, Root, Signed, TargetFile } from '@rind/metadata';
import type { RepositorySimulator } from '../src/index.ts';

/** What a client remembers between two visits. */
export interface Memory {
  root?: Metadata<Root>;
  timestamp?: { version: number; snapshot: number };
  snapshot?: ReadonlyMap<string, MetaFile>;
}

/**
 * A client reduced to its checks, in the order of TUF 1.0.34 §5: answers `ok`, `absent`, or `<role>: <first check
 * that refused>`, so that a test can say which check an attack leaves to do the work.
 */
export async function walk(
  simulator: RepositorySimulator,
  path: string,
  memory: Memory = {},
): Promise<string> {
  try {
    return await visit(simulator, path, memory);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

class Refusal extends Error {}

async function visit(simulator: RepositorySimulator, path: string, memory: Memory): Promise<string> {
  const now = simulator.clock.nowMs();
  const refuse = (role: string, check: string): never => {
    throw new Refusal(`${role}: ${check}`);
  };
  const load = async <S extends Signed>(
    role: string,
    file: string,
    parse: (bytes: Uint8Array) => Metadata<S>,
    who: RoleKeys,
    keys: KeyMap,
    listed?: MetaFile,
  ): Promise<Metadata<S>> => {
    const bytes = await simulator.fetch(`${simulator.metadataUrl}${file}`, 5_000_000);
    if (bytes === null) return refuse(role, 'missing');
    if (listed?.length !== undefined && listed.length !== bytes.length) refuse(role, 'length');
    const sha256 = listed?.hashes?.get('sha256');
    if (sha256 !== undefined && sha256 !== hashHex('sha256', bytes)) refuse(role, 'hash');
    let metadata: Metadata<S>;
    try {
      metadata = parse(bytes);
    } catch (error) {
      return refuse(role, (error as { code: string }).code);
    }
    if (!verifyThreshold(metadata, who, keys).ok) refuse(role, 'threshold');
    if (listed !== undefined && listed.version !== metadata.signed.version) refuse(role, 'version');
    return metadata;
  };
  const fresh = (role: string, signed: Signed): void => {
    if (isExpired(signed, now)) refuse(role, 'expired');
  };

  let root = memory.root ?? parseRoot(simulator.bootstrapRoot);
  for (;;) {
    const next = root.signed.version + 1;
    const file = `${next}.root.json`;
    if ((await simulator.fetch(`${simulator.metadataUrl}${file}`, 512_000)) === null) break;
    const { keys, roles } = root.signed;
    const newRoot: Metadata<Root> = await load('root', file, parseRoot, roles.root, keys);
    if (!verifyThreshold(newRoot, newRoot.signed.roles.root, newRoot.signed.keys).ok)
      refuse('root', 'own threshold');
    if (newRoot.signed.version !== next) refuse('root', 'version');
    root = newRoot;
  }
  fresh('root', root.signed);
  const { keys, roles } = root.signed;
  if (memory.root !== undefined) {
    for (const role of ['timestamp', 'snapshot'] as const) {
      if (memory.root.signed.roles[role].keyIds.join() !== roles[role].keyIds.join()) {
        delete memory.timestamp;
        delete memory.snapshot;
      }
    }
  }

  const timestamp = await load('timestamp', 'timestamp.json', parseTimestamp, roles.timestamp, keys);
  const { snapshotMeta, version } = timestamp.signed;
  if (memory.timestamp !== undefined && version < memory.timestamp.version) refuse('timestamp', 'rollback');
  if (memory.timestamp !== undefined && snapshotMeta.version < memory.timestamp.snapshot) {
    refuse('timestamp', 'snapshot rollback');
  }
  fresh('timestamp', timestamp.signed);
  const snapshotFile = `${snapshotMeta.version}.snapshot.json`;
  const snapshot = await load('snapshot', snapshotFile, parseSnapshot, roles.snapshot, keys, snapshotMeta);
  const { meta } = snapshot.signed;
  for (const [name, known] of memory.snapshot ?? []) {
    if (!meta.has(name)) refuse('snapshot', 'role vanished');
    if (meta.get(name)!.version < known.version) refuse('snapshot', 'role rollback');
  }
  fresh('snapshot', snapshot.signed);
  Object.assign(memory, { root, timestamp: { version, snapshot: snapshotMeta.version }, snapshot: meta });

  const find = async (role: string, who: RoleKeys, from: KeyMap): Promise<TargetFile | null> => {
    const listed = meta.get(`${role}.json`);
    if (listed === undefined) return refuse(role, 'not in snapshot');
    const targets = await load(role, `${listed.version}.${role}.json`, parseTargets, who, from, listed);
    fresh(role, targets.signed);
    if ((targets.signed.roleName ?? role) !== role) refuse(role, 'role name');
    const own = targets.signed.targets.get(path as TargetPath);
    if (own !== undefined || targets.signed.delegations === undefined) return own ?? null;
    for (const next of delegationsFor(targets.signed.delegations, path)) {
      const found = await find(next.name, next, targets.signed.delegations.keys);
      if (found !== null || next.terminating) return found;
    }
    return null;
  };
  const target = await find('targets', roles.targets, keys);
  if (target === null) return 'absent';
  const slash = path.lastIndexOf('/') + 1;
  const url = `${simulator.targetsUrl}${path.slice(0, slash)}${target.hashes.get('sha256')}.${path.slice(slash)}`;
  const content = await simulator.fetch(url, 1_000_000);
  if (content === null) return refuse('target', 'missing');
  if (content.length !== target.length) refuse('target', 'length');
  return hashHex('sha256', content) === target.hashes.get('sha256') ? 'ok' : refuse('target', 'hash');
}
