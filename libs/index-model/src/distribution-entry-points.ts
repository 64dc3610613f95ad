import type { EntryPointsProblem } from './distribution-error.ts';

/** Unicode letters and digits, `_`, `.` and `-`: no path can be made of it. */
const SCRIPT_NAME = /^[\p{L}\p{N}_.-]+$/u;
const SCRIPTS = ['console_scripts', 'gui_scripts'];
const DEFAULTS = 'DEFAULT';

/**
 * Reads an `entry_points.txt` as installers do: an INI file of Python's `configparser` with `=` alone as delimiter
 * and names in their own case. Null when it is in order.
 */
export function entryPointsProblem(bytes: Uint8Array): EntryPointsProblem | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return 'not-utf8';
  }
  const file = new EntryPointsFile();
  for (const line of text.split('\n')) {
    const problem = file.read(line);
    if (problem !== null) return problem;
  }
  return file.scriptNames().every((name) => SCRIPT_NAME.test(name)) ? null : 'script-name';
}

class EntryPointsFile {
  private readonly sections = new Map<string, Set<string>>();
  private section: { readonly name: string; readonly options: Set<string> } | null = null;
  private inOption = false;
  private indent = 0;

  read(line: string): EntryPointsProblem | null {
    const value = line.trim();
    if (value === '' || value.startsWith('#') || value.startsWith(';')) return null;
    const indent = line.length - line.trimStart().length;
    // Deeper than the option before it: more of that option's value.
    if (this.inOption && indent > this.indent) return null;
    this.indent = indent;
    const header = /^\[(.+)\]/.exec(value)?.[1];
    return header === undefined ? this.readOption(value) : this.openSection(header);
  }

  /** Names of the programs that installing would write; defaults count in every section. */
  scriptNames(): string[] {
    const defaults = [...(this.sections.get(DEFAULTS) ?? [])];
    return SCRIPTS.flatMap((name) => {
      const options = this.sections.get(name);
      return options === undefined ? [] : [...options, ...defaults];
    });
  }

  private openSection(name: string): EntryPointsProblem | null {
    const known = this.sections.get(name);
    if (known !== undefined && name !== DEFAULTS) return 'duplicate-section';
    const options = known ?? new Set<string>();
    this.sections.set(name, options);
    this.section = { name, options };
    this.inOption = false;
    return null;
  }

  private readOption(value: string): EntryPointsProblem | null {
    if (this.section === null) return 'no-section';
    const equals = value.indexOf('=');
    const name = value.slice(0, Math.max(equals, 0)).trim();
    if (name === '') return 'not-an-option';
    if (this.section.options.has(name)) return 'duplicate-option';
    this.section.options.add(name);
    this.inOption = true;
    return null;
  }
}
