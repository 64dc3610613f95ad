const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `2026-05-01`, `2026-05-01T10:00Z`, with or without seconds and their fractions; without a zone: UTC. */
const iso8601 =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$/;

/** Milliseconds since 1970 of an ISO 8601 date; null for whatever else the platform would make a guess at. */
export function dateOf(text: string): number | null {
  const match = iso8601.exec(text);
  if (match === null) return null;
  const zoned = text.includes('T') && match[1] === undefined ? `${text}Z` : text;
  const at = Date.parse(zoned);
  // The 31st of April is a date to some parsers.
  if (Number.isNaN(at) || !isDayOfMonth(text)) return null;
  return at;
}

function isDayOfMonth(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** A length of time in its two largest units, e.g. `18 h 2 min`. */
export function describeDuration(ms: number): string {
  const left = Math.max(0, ms);
  if (left >= 2 * dayMs) return `${Math.floor(left / dayMs)} days`;
  if (left >= hourMs) return `${Math.floor(left / hourMs)} h ${Math.floor((left % hourMs) / minuteMs)} min`;
  if (left >= minuteMs) return `${Math.floor(left / minuteMs)} min`;
  return `${Math.floor(left / 1000)} s`;
}
