import type { PythonTufRefusal } from './attack-forms.ts';
import { attacks } from './attacks.ts';
import { attacksBetween } from './attacks-between.ts';
import { attacksWithKeys } from './attacks-with-keys.ts';

/** The tables of docs/attacks.md, from the lists that the suites play. */
export function attackTables(): { readonly onRepositories: string; readonly onInstances: string } {
  const onRepositories = [...attacksBetween, ...attacksWithKeys].map(({ name, by, rind, pythonTuf }) => [
    name,
    by,
    rindCell(rind.code, rind.role, rind.spec),
    pythonTufCell(pythonTuf),
  ]);
  const onInstances = attacks.map(({ name, rind, role, spec, pythonTuf }) => [
    name,
    rindCell(rind, role, spec),
    pythonTuf.map((each) => `\`${each}\``).join(' or '),
  ]);
  return {
    onRepositories: table(['what', 'by', 'Rind refuses with', 'python-tuf'], onRepositories),
    onInstances: table(['what', 'Rind refuses with', 'python-tuf'], onInstances),
  };
}

function rindCell(code: string, role: string, spec: string): string {
  return `\`${code}\`, ${role}, ${spec}`;
}

function pythonTufCell(refusal: PythonTufRefusal): string {
  if ('refuses' in refusal) return `\`${refusal.refuses}\``;
  return 'accepts' in refusal ? `believes it: ${refusal.accepts}` : `not tried: ${refusal.cannot}`;
}

/** As prettier leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
