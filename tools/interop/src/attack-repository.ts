import { createHash } from 'node:crypto';
import { systemClock, utf8 } from '@rind/kernel';
import { RepositorySimulator } from '@rind/testkit';
import type { SimulatorOptions } from '@rind/testkit';
import { packagePath, pagePath } from './target-paths.ts';

/** The project that clients want, and somebody else's. */
export const project = 'attacked';
export const stranger = 'stranger';
export const wheelName = `${project}-1.0-py3-none-any.whl`;
export const strangerWheelName = `${stranger}-1.0-py3-none-any.whl`;
export const page = pagePath(project);
export const wheel = packagePath(project, wheelName);
export const strangerPage = pagePath(stranger);
export const strangerWheel = packagePath(stranger, strangerWheelName);
/** What clients ask for, in this order: the page names the wheel. */
export const wanted: readonly string[] = [page, wheel];

/** An index of four bins whose keys are at hand: two projects of one wheel each, the wheels of one length. */
export function makeRepository(
  options: Omit<SimulatorOptions, 'clock'> = {},
  clock: SimulatorOptions['clock'] = systemClock(),
): RepositorySimulator {
  const repository = new RepositorySimulator({ ...options, clock });
  for (const [name, filename] of [
    [project, wheelName],
    [stranger, strangerWheelName],
  ] as const) {
    const content = `the wheel of ${name}\n`;
    repository.addTarget(packagePath(name, filename), content);
    repository.addTarget(pagePath(name), pageText(name, [{ filename, content }]));
  }
  repository.publish();
  return repository;
}

/** A page of PEP 691 as an index signs it; what is in a name goes into it as it is. */
export function pageText(
  name: string,
  files: readonly { readonly filename: string; readonly content: string }[],
): string {
  return JSON.stringify({
    meta: { 'api-version': '1.4' },
    name,
    'project-status': { status: 'active' },
    versions: ['1.0'],
    files: files.map(({ filename, content }) => {
      const sha256 = createHash('sha256').update(content).digest('hex');
      return {
        filename,
        url: `../../packages/${name}/${sha256}/${filename}`,
        hashes: { sha256 },
        size: utf8(content).length,
        'upload-time': '2026-01-02T03:04:05.678901Z',
        yanked: false,
      };
    }),
  });
}

/** The bin of the wanted page, and of the wanted wheel. */
export function binOf(repository: RepositorySimulator): string {
  return repository.binFor(page);
}

/** The bin of somebody else's page. */
export function otherBin(repository: RepositorySimulator): string {
  const other = repository.binFor(strangerPage);
  if (other === binOf(repository)) throw new Error('both pages fell into one bin: choose other names');
  return other;
}
