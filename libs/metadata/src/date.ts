import { toTufDate } from '@rind/kernel';
import { MetadataError } from './errors.ts';

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * Milliseconds since 1970 of a date written exactly as `YYYY-MM-DDTHH:MM:SSZ` (TUF 1.0.34 §4.2.3).
 * Fractions, offsets and days that the calendar does not have are `metadata.bad-date`.
 * @param field path of the field, for the error
 */
export function parseTufDate(text: string, field: string): number {
  const ms = DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || toTufDate(ms) !== text) {
    throw new MetadataError('metadata.bad-date', `${field} is not an existing date in TUF's form`, { field });
  }
  return ms;
}
