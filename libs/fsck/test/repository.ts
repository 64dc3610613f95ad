import { hashHex } from '@rind/crypto';
import { packageTargetPath, renderProjectPage } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import { FakeClock, utf8 } from '@rind/kernel';
import type { JsonObject, ProjectName } from '@rind/kernel';
import { RepositorySimulator } from '@rind/testkit';
import type { SimulatorOptions } from '@rind/testkit';
import { fsck } from '../src/index.ts';
import type {
  CommittedRecords,
  FindingCode,
  FsckOptions,
  FsckReport,
  RepositoryReader,
} from '../src/index.ts';

export const startMs = 1_900_000_000_000;

/** Files of two projects; content by target path. */
export const contents: Readonly<Record<string, string>> = {
  'packages/six/six-1.0.tar.gz': 'first',
  'packages/six/six-1.1.tar.gz': 'second',
  'packages/attrs/attrs-1.0.tar.gz': 'third',
};

export function pageFile(filename: string, content: string): PageFile {
  const bytes = utf8(content);
  return {
    filename,
    sha256: hashHex('sha256', bytes),
    size: bytes.length,
    uploadTime: '2026-01-02T03:04:05.000006Z',
    yanked: false,
  };
}

/** The page of a project with the files of `contents` that are its own, and with `changes`. */
export function pageOf(project: string, changes: Partial<ProjectPage> = {}): Uint8Array {
  const files = Object.entries(contents)
    .filter(([path]) => path.startsWith(`packages/${project}/`))
    .map(([path, content]) => pageFile(path.split('/')[2]!, content));
  return renderProjectPage({ name: project as ProjectName, status: 'active', files, ...changes });
}

/** A small index as Rind publishes one, or with other options as others do. */
export function repository(options: Partial<SimulatorOptions> = {}): RepositorySimulator {
  const simulator = new RepositorySimulator({ clock: new FakeClock(startMs), ...options });
  for (const [path, content] of Object.entries(contents)) simulator.addTarget(path, content);
  for (const project of ['six', 'attrs'])
    simulator.addTarget(`simple/${project}/index.json`, pageOf(project));
  simulator.publish();
  return simulator;
}

/** The files of six: what lies beside each of them, and where an instance has its provenance. */
export const documents = Object.keys(contents)
  .filter((path) => path.startsWith('packages/six/'))
  .map((path) => {
    const filename = path.split('/')[2]!;
    const version = /-([0-9.]+)\.tar/.exec(filename)![1]!;
    const provenancePath = `integrity/six/${version}/${filename}/provenance`;
    return {
      path,
      filename,
      metadata: `Name: ${filename}`,
      provenance: `{"of":"${filename}"}`,
      provenancePath,
    };
  });

/** The same index with core metadata and provenance of each file of six. */
export function documented(options: Partial<SimulatorOptions> = {}): RepositorySimulator {
  const simulator = repository(options);
  const files = documents.map(({ path, filename, metadata, provenance }) => ({
    ...pageFile(filename, contents[path]!),
    coreMetadataSha256: hashHex('sha256', utf8(metadata)),
    provenanceSha256: hashHex('sha256', utf8(provenance)),
  }));
  simulator.addTarget('simple/six/index.json', pageOf('six', { files }));
  simulator.publish();
  for (const { path, metadata, provenance, provenancePath } of documents) {
    simulator.served.put(`${simulator.targetObject(path)}.metadata`, utf8(metadata));
    simulator.served.put(provenancePath, utf8(provenance));
  }
  return simulator;
}

/** The same files under the names that repositories without consistent snapshots have. */
export function withoutVersions(simulator: RepositorySimulator): RepositorySimulator {
  simulator.forge('root', { change: (signed: JsonObject) => ({ ...signed, consistent_snapshot: false }) });
  const { served } = simulator;
  for (const path of served.paths()) {
    const role = /^metadata\/[0-9]+\.(.+)\.json$/.exec(path)?.[1];
    if (role === undefined || role === 'root') continue;
    served.put(`metadata/${role}.json`, simulator.published(role).bytes);
    served.remove(path);
  }
  for (const path of served.paths()) {
    if (!path.startsWith('targets/')) continue;
    served.put(path.replace(/[0-9a-f]{64}\./, ''), served.get(path)!);
    served.remove(path);
  }
  return simulator;
}

/** What the simulator serves, as fsck reads it. */
export function readerOf({ served }: RepositorySimulator, listable = true): RepositoryReader {
  const at = (path: string): Uint8Array | null => served.get(path);
  return {
    async get(path, maxBytes) {
      const bytes = at(path);
      return bytes !== null && bytes.length > maxBytes ? 'too-large' : bytes;
    },
    async openTarget(path) {
      const bytes = at(path);
      return bytes === null ? null : { length: bytes.length, stream: piecesOf(bytes) };
    },
    ...(listable ? { list: (prefix: string) => listed(served.paths(), prefix) } : {}),
  };
}

export function audit(
  simulator: RepositorySimulator,
  options: Partial<FsckOptions> & { readonly listable?: boolean } = {},
): Promise<FsckReport> {
  const { listable, ...rest } = options;
  const { bootstrapRoot: root, clock } = simulator;
  return fsck(readerOf(simulator, listable), { root, clock, targets: 'all', seed: 1, ...rest });
}

/** `code role version path` of each finding, for comparison. */
export function summary({ findings }: FsckReport, but: readonly FindingCode[] = []): readonly string[] {
  return findings
    .filter(({ code }) => !but.includes(code))
    .map(({ code, role, version, path }) => [code, role, version, path].map((part) => part ?? '-').join(' '));
}

export function codes({ findings }: FsckReport): readonly FindingCode[] {
  return [...new Set(findings.map(({ code }) => code))];
}

/** What the database of such an index would say. */
export function recordsOf(
  simulator: RepositorySimulator,
  changes: Partial<CommittedRecords> = {},
): CommittedRecords {
  const day = 24 * 3_600_000;
  const role = (name: string, days: number) => ({
    name,
    version: simulator.version(name),
    expiresMs: simulator.clock.nowMs() + days * day,
  });
  const online = ['snapshot', 'timestamp'].map((name) => role(name, 1));
  const offline = ['root', 'targets', 'bins'].map((name) => role(name, 365));
  return {
    roles: [...offline, ...online],
    bins: new Map(simulator.binNames().map((name, index) => [index, { ...role(name, 1), targets: 0 }])),
    open: [],
    unpublished: async () => ({ snapshots: new Set(), bins: new Map() }),
    latestTimestamp: async () => simulator.version('timestamp'),
    isCurrent: async () => true,
    targets: async function* () {
      for (const [path, content] of Object.entries(contents)) yield recorded(path, utf8(content));
      for (const project of ['six', 'attrs']) yield recorded(`simple/${project}/index.json`, pageOf(project));
    },
    ...changes,
  };
}

export function recorded(path: string, bytes: Uint8Array) {
  return { path, length: bytes.length, sha256: hashHex('sha256', bytes) };
}

export const six = packageTargetPath('six' as ProjectName, 'six-1.0.tar.gz');

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}

async function* listed(paths: readonly string[], prefix: string): AsyncGenerator<string> {
  for (const path of paths) if (path.startsWith(prefix)) yield path;
}
