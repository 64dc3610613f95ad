import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real distribution of the registry, pinned by its bytes. */
export interface ListedDistribution {
  readonly filename: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** `name==version`, the name in its normal form. */
  readonly requirement: string;
  readonly kind: Kind;
  /** The code with which it must be refused; otherwise it must be taken. */
  readonly refused?: string;
}

export type Kind = keyof typeof kinds;

const wheels = ['--only-binary', ':all:'];
const cpython = [...wheels, '--implementation', 'cp', '--python-version', '3.11'];
const abis = ['--abi', 'cp311', '--abi', 'abi3', '--abi', 'none'];

/** What pip must be told to take files of a kind, on whatever machine it runs. */
export const kinds = {
  /** Pure wheels want a Python that all of them take. */
  pure: [...wheels, '--python-version', '3.11'],
  linux: [
    ...cpython,
    ...abis,
    ...['manylinux2014_x86_64', 'manylinux_2_17_x86_64'].flatMap((tag) => ['--platform', tag]),
  ],
  musl: [...cpython, ...abis, '--platform', 'musllinux_1_2_x86_64'],
  mac: [...cpython, ...abis, '--platform', 'macosx_11_0_arm64'],
  windows: [...cpython, ...abis, '--platform', 'win_amd64'],
  /** pip asks a source distribution for its metadata: the backends come from `backends`, not from the index. */
  sdist: ['--no-binary', ':all:', '--no-build-isolation'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What builds the metadata of the listed source distributions. */
export const backends: readonly string[] = ['setuptools==84.2.1', 'wheel==0.48.0', 'flit_core==4.2.0'];

export function readList(): readonly ListedDistribution[] {
  const path = join(import.meta.dirname, 'distributions.json');
  return JSON.parse(readFileSync(path, 'utf8')) as ListedDistribution[];
}

/** The project's name in its normal form. */
export function projectOf({ requirement }: ListedDistribution): string {
  return requirement.slice(0, requirement.indexOf('=='));
}

/** The version as the file states it. */
export function versionOf({ requirement }: ListedDistribution): string {
  return requirement.slice(requirement.indexOf('==') + 2);
}
