const unprintable = /[\0-\x1f\x7f]/;

/** Control characters: programs cut names at them or show them wrongly. */
export function hasUnprintable(name: Uint8Array | string): boolean {
  if (typeof name === 'string') return unprintable.test(name);
  return name.some((byte) => byte < 0x20 || byte === 0x7f);
}

/** The name as text; null when it is not UTF-8. */
export function utf8Name(name: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    return null;
  }
}

/**
 * True when unpacking it may write outside of the folder, on some system: absolute, with a drive, or with `..`.
 * A backslash separates, as it does on Windows.
 */
export function leadsOut(name: string): boolean {
  if (name === '' || /^(?:[/\\]|[A-Za-z]:)/.test(name)) return true;
  return name.split(/[/\\]/).includes('..');
}
