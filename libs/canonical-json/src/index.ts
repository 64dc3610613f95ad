export { canonicalBytes, canonicalize } from './canonicalize.ts';
export { CanonicalJsonError } from './errors.ts';
export type { CanonicalJsonErrorCode } from './errors.ts';
export { isCanonical } from './is-canonical.ts';
export { parseJson } from './parse.ts';
export type { JsonLimits } from './parse.ts';
