/** RFC 3986 Appendix B, with a backslash ending the authority. */
const PARTS = /^https?:(?:\/\/(?<authority>[^\\/?#]*))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?/i;
const PORT = /:(?<port>[0-9]{1,5})$/;

/**
 * Whether PyPI takes a text as the address of a home page, a download or a project link. That is less than RFC 3986
 * asks: `http` or `https`, no bracket in path or query, no port beyond 65,535; the rest is read as if it were escaped.
 */
export function isWebAddress(text: string): boolean {
  const parts = PARTS.exec(text)?.groups;
  if (parts === undefined) return false;
  const port = PORT.exec(parts['authority'] ?? '')?.groups?.['port'] ?? '0';
  return !/[[\]]/.test(parts['path']!) && !/[[\]]/.test(parts['query'] ?? '') && Number(port) <= 65_535;
}
