import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goTufVersion } from './go-tuf.ts';
import { places } from './places.ts';
import { installedVersion, pinnedVersion } from './python.ts';
import type { Python, VenvName } from './python.ts';
import type { ClientName } from './suite.ts';
import { toughVersion } from './tough.ts';
import { tufJsVersion } from './watching-clients.ts';

/** Where each client on Python lives, and what it is called there. */
const inVenvs = {
  pip: ['main', 'pip'],
  uv: ['main', 'uv'],
  twine: ['main', 'twine'],
  'python-tuf': ['main', 'tuf'],
  flit: ['publishing', 'flit'],
  poetry: ['publishing', 'poetry'],
  hatch: ['publishing', 'hatch'],
  pdm: ['pdm', 'pdm'],
  bandersnatch: ['mirroring', 'bandersnatch'],
  pypitoken: ['tokens', 'pypitoken'],
  'pip (Debian 12)': ['debian-12', 'pip'],
} as const satisfies Partial<Record<ClientName, readonly [VenvName, string]>>;

export type Versions = Readonly<Record<ClientName, string>>;

/** What is pinned: known before any client is there. */
export function pinnedVersions(): Versions {
  return versionsWith((venv, name) => pinnedVersion(name, venv));
}

/** What the venvs really have. */
export async function installedVersions(venv: (name: VenvName) => Promise<Python>): Promise<Versions> {
  const found = new Map<string, string>();
  for (const [place, name] of Object.values(inVenvs)) {
    found.set(`${place}/${name}`, await installedVersion(await venv(place), name));
  }
  return versionsWith((place, name) => found.get(`${place}/${name}`) ?? '');
}

function versionsWith(versionIn: (venv: VenvName, name: string) => string): Versions {
  const entries = Object.entries(inVenvs).map(([client, [venv, name]]) => [client, versionIn(venv, name)]);
  return {
    ...(Object.fromEntries(entries) as Record<keyof typeof inVenvs, string>),
    'go-tuf': goTufVersion(),
    'tuf-js': tufJsVersion(),
    tough: toughVersion(),
    rind: rindVersion(),
    http: process.versions.node,
  };
}

function rindVersion(): string {
  return (JSON.parse(readFileSync(join(places.root, 'package.json'), 'utf8')) as { version: string }).version;
}
