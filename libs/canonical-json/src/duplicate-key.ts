/** A string with what follows it, or the start or end of an object; enough for text that is known to be JSON. */
const TOKEN = /("(?:[^"\\]|\\.)*")\s*(:?)|[{}]/g;

/**
 * The first member that is named a second time in its object, for the error's details: the slow way, taken
 * only once it is known that there is one.
 *
 * @param text valid JSON with a duplicate member
 */
export function findDuplicateKey(text: string): string {
  const open: Set<string>[] = [];
  for (const [token, name, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon === ':') {
      const key = JSON.parse(name!) as string;
      const names = open.at(-1);
      if (names?.has(key)) return key;
      names?.add(key);
    }
  }
  return '';
}
