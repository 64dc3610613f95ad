import type { ClientErrorCode } from '@rind/client';
import type { Distribution } from './fixtures.ts';
import type { PublishedState } from './published-state.ts';
import type { Lies } from './tamper-proxy.ts';
import { packagePath, pagePath } from './target-paths.ts';

/** Where attacks play: a project with two releases, and a stranger's that has two as well. */
export interface Scene {
  readonly project: string;
  readonly stranger: string;
  /** The newest release's wheel, which the client wants. */
  readonly wheel: Distribution;
  readonly strangersWheel: Distribution;
  /** Before the second releases of both. */
  readonly before: PublishedState;
  readonly now: PublishedState;
}

export interface Attack {
  readonly name: string;
  /** What the man in the middle says. */
  lies(scene: Scene): Promise<Lies>;
  /** The classes of python-tuf's refusal. */
  readonly pythonTuf: readonly string[];
  /** The code of ours, */
  readonly rind: ClientErrorCode;
  /** the role whose document was at hand (`bin`: that of the wanted page or file), */
  readonly role: 'timestamp' | 'snapshot' | 'bin';
  /** and the step of the specification that refused. */
  readonly spec: string;
  /** What is said instead when the lie has another length than the truth, as a number with another count of digits gives it. */
  readonly ofAnotherLength?: { readonly rind: ClientErrorCode; readonly spec: string };
  /** The client has seen the present state before; otherwise it starts with an empty cache. */
  readonly afterRefresh?: boolean;
}

const one = (path: string, bytes: Uint8Array): Lies => new Map([[path, bytes]]);
const pageBin = ({ now, project }: Scene): string => now.binOf(pagePath(project));
const strangersBin = ({ now, stranger }: Scene): string => now.binOf(pagePath(stranger));
const wheelPath = ({ project, wheel }: Scene): string =>
  `targets/${packagePath(project, `${wheel.sha256}.${wheel.filename}`)}`;

/** Every attack is about what both clients load first for the project: the bin of its page, or the wheel itself. */
export const attacks: readonly Attack[] = [
  {
    name: 'another bin under the name of this one',
    lies: async (scene) =>
      one(`metadata/${scene.now.fileOf(pageBin(scene))}`, await scene.now.bytesOf(strangersBin(scene))),
    pythonTuf: ['BadVersionNumberError'],
    rind: 'verify.version-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.6.4',
  },
  {
    name: 'an older bin of the same role',
    lies: async (scene) =>
      one(`metadata/${scene.now.fileOf(pageBin(scene))}`, await scene.before.bytesOf(pageBin(scene))),
    pythonTuf: ['BadVersionNumberError'],
    rind: 'verify.version-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.6.4',
  },
  {
    name: 'an older bin of another name',
    lies: async (scene) =>
      one(`metadata/${scene.now.fileOf(pageBin(scene))}`, await scene.before.bytesOf(strangersBin(scene))),
    pythonTuf: ['BadVersionNumberError'],
    rind: 'verify.version-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.6.4',
  },
  {
    name: 'a bin with one digit of a hash changed',
    lies: async (scene) => {
      const role = pageBin(scene);
      const text = new TextDecoder().decode(await scene.now.bytesOf(role));
      const forged = text.replace(
        /("sha256":")([0-9a-f])/,
        (_, key: string, digit: string) => key + (digit === '0' ? '1' : '0'),
      );
      return one(`metadata/${scene.now.fileOf(role)}`, new TextEncoder().encode(forged));
    },
    pythonTuf: ['UnsignedMetadataError'],
    rind: 'verify.threshold',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.6.3',
  },
  {
    name: 'an older timestamp, rolled back',
    lies: ({ before }) => Promise.resolve(one('metadata/timestamp.json', before.timestamp)),
    pythonTuf: ['BadVersionNumberError'],
    rind: 'verify.version-rollback',
    role: 'timestamp',
    spec: 'TUF 1.0.34 §5.4.3.1',
    afterRefresh: true,
  },
  {
    name: 'an older snapshot under the number of the present one',
    lies: ({ before, now }) =>
      Promise.resolve(one(`metadata/${now.snapshotVersion}.snapshot.json`, before.snapshot)),
    pythonTuf: ['LengthOrHashMismatchError', 'BadVersionNumberError'],
    rind: 'verify.hash-mismatch',
    role: 'snapshot',
    spec: 'TUF 1.0.34 §5.5.2',
    ofAnotherLength: { rind: 'verify.length-mismatch', spec: 'TUF 1.0.34 §5.5.1' },
  },
  {
    name: 'a file with one bit turned',
    lies: (scene) => {
      const bytes = scene.wheel.bytes.slice();
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      return Promise.resolve(one(wheelPath(scene), bytes));
    },
    pythonTuf: ['LengthOrHashMismatchError'],
    rind: 'target.hash-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.7.3',
  },
  {
    name: 'a file with one byte more',
    lies: (scene) =>
      Promise.resolve(one(wheelPath(scene), Buffer.concat([scene.wheel.bytes, Buffer.from([0])]))),
    pythonTuf: ['DownloadLengthMismatchError'],
    rind: 'target.length-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.7.3',
  },
  {
    name: 'a file of another project',
    lies: (scene) => Promise.resolve(one(wheelPath(scene), scene.strangersWheel.bytes)),
    pythonTuf: ['LengthOrHashMismatchError', 'DownloadLengthMismatchError'],
    rind: 'target.length-mismatch',
    role: 'bin',
    spec: 'TUF 1.0.34 §5.7.3',
  },
];
