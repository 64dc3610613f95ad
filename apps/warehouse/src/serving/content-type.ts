const types: readonly (readonly [ending: string, contentType: string])[] = [
  ['.whl', 'application/zip'],
  ['.zip', 'application/zip'],
  ['.tar.gz', 'application/gzip'],
  ['.json', 'application/json'],
  ['.metadata', 'text/plain; charset=utf-8'],
];

/** Media type of a file of the index, from its name. Never one that a browser would run. */
export function contentTypeOf(filename: string): string {
  return types.find(([ending]) => filename.endsWith(ending))?.[1] ?? 'application/octet-stream';
}
