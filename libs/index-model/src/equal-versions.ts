import { formatVersion, maxVersionLength, parseVersion, withoutTrailingZeros } from './version.ts';

/**
 * Every normal form of a version that PEP 440 counts as equal to it: `1.0` is `1`, `1.0`, `1.0.0` and so on, up to
 * 255 characters. Shortest first.
 * @throws IndexModelError `version.invalid`
 */
export function equalVersionTexts(text: string): string[] {
  const version = parseVersion(text);
  const release = [...withoutTrailingZeros(version.release)];
  const texts: string[] = [];
  for (;;) {
    const equal = formatVersion({ ...version, release });
    if (equal.length > maxVersionLength) return texts;
    texts.push(equal);
    release.push(0n);
  }
}
