/**
 * Reading typed fields out of parsed JSON. Every reader returns the checked value, or throws
 * `metadata.syntax` with the path of the field; paths are put together only when something is wrong.
 */
import type { JsonObject, JsonValue } from '@rind/kernel';
import { MetadataError } from './errors.ts';

const LOWER_HEX = /^(?:[0-9a-f]{2})+$/;

export function syntaxError(field: string, expected: string): MetadataError {
  return new MetadataError('metadata.syntax', `${field} is not ${expected}`, { field, expected });
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: JsonValue | undefined, field: string): JsonObject {
  if (!isJsonObject(value)) throw syntaxError(field, 'an object');
  return value;
}

export function objectIn(parent: JsonObject, key: string, path: string): JsonObject {
  const value = parent[key];
  if (!isJsonObject(value)) throw syntaxError(`${path}.${key}`, 'an object');
  return value;
}

export function arrayIn(parent: JsonObject, key: string, path: string): readonly JsonValue[] {
  const value = parent[key];
  if (!Array.isArray(value)) throw syntaxError(`${path}.${key}`, 'an array');
  return value as readonly JsonValue[];
}

export function stringIn(parent: JsonObject, key: string, path: string): string {
  const value = parent[key];
  if (typeof value !== 'string') throw syntaxError(`${path}.${key}`, 'a string');
  return value;
}

export function booleanIn(parent: JsonObject, key: string, path: string): boolean {
  const value = parent[key];
  if (typeof value !== 'boolean') throw syntaxError(`${path}.${key}`, 'a boolean');
  return value;
}

/** A safe integer of at least `minimum`. */
export function integerIn(parent: JsonObject, key: string, path: string, minimum: number): number {
  const value = parent[key];
  if (!Number.isSafeInteger(value) || (value as number) < minimum) {
    throw syntaxError(`${path}.${key}`, `an integer of at least ${minimum}`);
  }
  return value as number;
}

export function stringsIn(parent: JsonObject, key: string, path: string): readonly string[] {
  const items = arrayIn(parent, key, path);
  items.forEach((item, index) => {
    if (typeof item !== 'string') throw syntaxError(`${path}.${key}[${index}]`, 'a string');
  });
  return items as readonly string[];
}

/**
 * Algorithm → lower-case hex digest, at least one entry. Digests become parts of file names
 * (TUF 1.0.34 §6.2), therefore nothing but hex passes; unknown algorithms do.
 */
export function hashesIn(parent: JsonObject, key: string, path: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  const listed = objectIn(parent, key, path);
  for (const algorithm in listed) {
    const digest = listed[algorithm];
    if (typeof digest !== 'string' || !LOWER_HEX.test(digest)) {
      throw syntaxError(`${path}.${key}.${algorithm}`, 'lower-case hex');
    }
    hashes.set(algorithm, digest);
  }
  if (hashes.size === 0) throw syntaxError(`${path}.${key}`, 'a non-empty object');
  return hashes;
}
