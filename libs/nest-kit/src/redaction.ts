/** Names whose values never reach a log, whatever they hold. */
const secretName = /authorization|cookie|password|passphrase|secret|token$|^token|sealed|private/i;
/** Names that match the above and are harmless. */
const harmlessName = /tokenid$/i;

/** Secrets recognised by their own shape, wherever they stand. */
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/pypi-[A-Za-z0-9_=-]{8,}/g, 'pypi-[redacted]'],
  [/\b(Bearer|Basic|token) [A-Za-z0-9+/_=.~-]{8,}/gi, '$1 [redacted]'],
  [/(\b[a-z][a-z0-9+]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, '$1:[redacted]@'],
];

/** `text` without the secrets whose shape is known: API tokens, credentials of headers, passwords in URLs. */
export function redactText(text: string): string {
  return secretShapes.reduce((current, [shape, replacement]) => current.replace(shape, replacement), text);
}

/** A copy of `value` that is safe to log; depth and width are bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return redactText(value.length > 8_192 ? `${value.slice(0, 8_192)}…` : value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value === null || typeof value !== 'object') return value;
  if (depth >= 6) return '[…]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) =>
      secretName.test(name) && !harmlessName.test(name)
        ? [name, '[redacted]']
        : [name, redact(item, depth + 1)],
    ),
  );
}
