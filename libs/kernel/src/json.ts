/** What canonical JSON can hold: OLPC canonical form has integers only. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** Always created with a null prototype by our parser, so that remote keys cannot reach `Object.prototype`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
