import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProject } from './fixtures.ts';
import type { Distribution } from './fixtures.ts';
import type { Bench } from './suite.ts';

export interface Sample {
  /** Canonical name, e.g. `rind-interop-twine`. */
  readonly name: string;
  readonly version: string;
  /** Default `>=3.8`. */
  readonly requiresPython?: string;
  /** Default none. */
  readonly dependencies?: readonly string[];
  /** What `greeting()` of the module says; another text makes another file of the same name. */
  readonly greeting: string;
}

/** Writes a small project and builds it: files that no other run, and no registry, ever had. */
export async function buildSample(
  context: Bench,
  sample: Sample,
): Promise<{ wheel: Distribution; sdist: Distribution }> {
  const { name, version, requiresPython = '>=3.8', dependencies = [], greeting } = sample;
  const folder = context.newFolder(`${name}-${version}`);
  const module = moduleOf(name);
  const toml = [
    '[build-system]',
    'requires = ["flit_core"]',
    'build-backend = "flit_core.buildapi"',
    '[project]',
    `name = ${JSON.stringify(name)}`,
    `version = ${JSON.stringify(version)}`,
    'description = "A sample that says what it is told to say."',
    `requires-python = ${JSON.stringify(requiresPython)}`,
    `dependencies = ${JSON.stringify(dependencies)}`,
    'readme = "README.md"',
    '',
  ];
  writeFileSync(join(folder, 'pyproject.toml'), toml.join('\n'));
  writeFileSync(join(folder, 'README.md'), `# ${name}\n\nA sample.\n`);
  mkdirSync(join(folder, module));
  writeFileSync(
    join(folder, module, '__init__.py'),
    `"""A sample."""\n\n\ndef greeting():\n    return ${JSON.stringify(greeting)}\n`,
  );
  return buildProject(context.python, folder, context.environment);
}

export function moduleOf(name: string): string {
  return name.replaceAll('-', '_');
}
