import { parseJson } from '@rind/canonical-json';
import { pageObjectKey } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { BinStore } from './bin-store.ts';
import type { Damage, DamagedPage } from './bin-tasks.ts';

/** What an error says of a stored object; null when it says nothing of it. */
export function damageOf(error: unknown): Damage | null {
  if (isRindError(error, 'store.missing')) return { code: 'store.missing', reason: 'missing' };
  if (!isRindError(error, 'store.corrupt')) return null;
  const { reason } = error.details as { reason?: unknown };
  return { code: 'store.corrupt', reason: typeof reason === 'string' ? reason : 'corrupt' };
}

const page = /^simple\/([^/]+)\/index\.json$/;

/** Of the pages that a verified bin names, those that are not there with the named bytes. */
export async function damagedPages(
  store: Pick<BinStore, 'stat'>,
  signed: Uint8Array,
): Promise<DamagedPage[]> {
  const { targets } = parseJson(signed, { maxBytes: signed.length }) as unknown as {
    targets: Readonly<Record<string, { readonly hashes: { readonly sha256: string } }>>;
  };
  const damaged: DamagedPage[] = [];
  for (const [path, { hashes }] of Object.entries(targets)) {
    const project = page.exec(path)?.[1];
    if (project === undefined) continue;
    const key = pageObjectKey(project as ProjectName, hashes.sha256);
    const found = await store.stat(key);
    if (found?.sha256 === hashes.sha256) continue;
    const damage: Damage =
      found === null
        ? { code: 'store.missing', reason: 'missing' }
        : { code: 'store.corrupt', reason: 'hash differs' };
    damaged.push({ project, key, damage });
  }
  return damaged;
}
