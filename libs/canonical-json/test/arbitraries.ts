import type { JsonValue } from '@rind/kernel';
import fc from 'fast-check';

/** Any code point but the control characters, which canonical JSON writes raw and JSON then refuses. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll(/[\0-\x1f]/g, ''));

/** Values that have a canonical form which is JSON. */
export const signable: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((integer) => integer + 0),
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

const valid = fc
  .tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** JSON, and JSON with a character put in, taken out or replaced. */
export const nearlyJson: fc.Arbitrary<string> = fc.oneof(
  valid,
  fc
    .tuple(valid, fc.nat(), fc.nat(2), fc.constantFrom(...'{}[]",:\\/-+.0129eEu aftn\0\n\u00a0\ufeffé'))
    .map(([json, at, taken, put]) => {
      const place = at % (json.length + 1);
      const changed =
        json.slice(0, place) + (taken === 2 ? '' : put) + json.slice(place + Math.min(taken, 1));
      return changed.toWellFormed(); // A pair may have been parted.
    }),
);
