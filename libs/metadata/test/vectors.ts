import { readFileSync, readdirSync } from 'node:fs';
import type { JsonValue } from '@rind/kernel';

const folder = new URL('../../test-vectors/vectors/tuf/', import.meta.url);

/** A file below `vectors/tuf`, verbatim. */
export function vector(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, folder)));
}

/** A JSON array of rows, one truth table. */
export function table<Row extends readonly JsonValue[]>(path: string): readonly Row[] {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as readonly Row[];
}

/** All metadata files of one maker. */
export function metadataFiles(maker: string): readonly string[] {
  const tables = ['path-patterns.json', 'succinct-roles.json'];
  return readdirSync(new URL(maker, folder))
    .filter((name) => !tables.includes(name))
    .map((name) => `${maker}/${name}`);
}
