import { tarRefused } from './tar-reasons.ts';

/** A link of an archive: symbolic ones start from their own folder, hard ones from the root of the archive. */
export interface TarLink {
  readonly name: string;
  readonly target: string;
  readonly symbolic: boolean;
}

/**
 * No link leads out of the top directory that it lies in, and none is passed on the way to anything: then what a path
 * says is where it leads, whatever the order of unpacking.
 * @throws ArchiveError `archive.tar-refused` `unsafe-link`
 */
export function checkTarLinks(links: readonly TarLink[], names: readonly string[]): void {
  if (links.length === 0) return;
  const symbolic = new Set(links.filter((link) => link.symbolic).map(({ name }) => partsOf(name).join('/')));
  for (const name of names) {
    const parts = partsOf(name);
    for (let depth = 1; depth < parts.length; depth++) {
      if (symbolic.has(parts.slice(0, depth).join('/'))) throw tarRefused('unsafe-link', name);
    }
  }
  for (const link of links) checkLink(link, symbolic);
}

function checkLink({ name, target, symbolic: isSymbolic }: TarLink, symbolic: ReadonlySet<string>): void {
  const own = partsOf(name);
  const refuse = () => tarRefused('unsafe-link', name);
  if (target === '' || /^(?:[/\\]|[A-Za-z]:)/.test(target) || target.includes('\\')) throw refuse();
  const at = isSymbolic ? own.slice(0, -1) : [];
  const steps = partsOf(target);
  steps.forEach((step, index) => {
    if (step === '..') at.pop();
    else at.push(step);
    // Out of the top directory and back in is out: what its name is, the one who unpacks decides.
    const outside = isSymbolic ? at.length === 0 || at[0] !== own[0] : at[0] !== own[0];
    if (outside) throw refuse();
    if (index < steps.length - 1 && symbolic.has(at.join('/'))) throw refuse();
  });
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
