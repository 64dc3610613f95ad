/** Name and value as they came, in order. */
export type FormFields = readonly (readonly [name: string, value: string])[];

/** The text fields of an upload, cleaned of what old tools send in place of nothing. */
export class UploadFields {
  private readonly values: ReadonlyMap<string, readonly string[]>;

  constructor(fields: FormFields) {
    const values = new Map<string, string[]>();
    for (const [name, value] of fields) {
      // distutils fills in UNKNOWN where it has nothing to say.
      if (value.trim() === 'UNKNOWN') continue;
      const clean = value.replaceAll('\0', '\\x00');
      const list = values.get(name);
      if (list === undefined) values.set(name, [clean]);
      else list.push(clean);
    }
    this.values = values;
  }

  /** The first value, as forms have it. */
  first(name: string): string | undefined {
    return this.values.get(name)?.[0];
  }

  /** All values; none when there is only an empty one. */
  all(name: string): readonly string[] {
    const values = this.values.get(name) ?? [];
    return values.length === 1 && values[0] === '' ? [] : values;
  }
}
