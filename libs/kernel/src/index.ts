export { RindError, isRindError, messageOf } from './error.ts';
export { FakeClock, monotonicMs, systemClock, toTufDate } from './clock.ts';
export type { Clock } from './clock.ts';
export {
  concatBytes,
  constantTimeEqual,
  equalBytes,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64Url,
  toHex,
  utf8,
} from './bytes.ts';
export type { Brand, KeyId, ProjectName, Sha256Hex, TargetPath } from './brand.ts';
export { systemRandomness, uuidV4 } from './randomness.ts';
export type { Randomness } from './randomness.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { noCheckpoint } from './checkpoint.ts';
export type { Checkpoint } from './checkpoint.ts';
