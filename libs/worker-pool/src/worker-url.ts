/**
 * The worker module beside a module: `workerUrl(import.meta.url, './hash.worker')` is `hash.worker.ts` when
 * the caller runs from source and `hash.worker.js` when it was built.
 */
export function workerUrl(importMetaUrl: string, path: string): URL {
  return new URL(path + (isSource(importMetaUrl) ? '.ts' : '.js'), importMetaUrl);
}

/** True for a module that runs unbuilt. */
export function isSource(url: string): boolean {
  return new URL(url).pathname.endsWith('.ts');
}
