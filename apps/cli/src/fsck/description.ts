import type { Finding, FsckReport, Severity } from '@rind/fsck';
import { counted } from '../counted.ts';

const signs: Readonly<Record<Severity, string>> = { error: '✗', warning: '!', info: '·' };

/** Findings of one code that are told one by one; `--json` has all that were kept. */
const maxShown = 10;

/** What was checked, then the findings of each code together, the gravest first. */
export function describeReport({ ok, checked, findings }: FsckReport, location: string): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const lines = [
    ok ? `✓ ${location}` : `✗ ${location}: ${counted(total(errors), 'error')}`,
    `  ${counted(checked.roots, 'root')}, ${counted(checked.roles, 'role')}, ` +
      `${counted(checked.delegations, 'delegation')}, ${counted(checked.bins, 'bin')}, ` +
      `${counted(checked.signatures, 'valid signature')}`,
    `  ${counted(checked.targets, 'target')} listed, ${checked.targetsRead} read (${checked.targetBytes} bytes), ` +
      `${counted(checked.pages, 'project page')} compared, ` +
      `${counted(checked.coreMetadata, 'metadata file')} and ${counted(checked.provenance, 'provenance document')} read` +
      (checked.sampleSeed === null ? '' : `; sample of --seed ${checked.sampleSeed}`),
    `  ${counted(checked.storedVersions, 'stored version')}, ${counted(checked.earlierSnapshots, 'earlier snapshot')}, ` +
      `${counted(checked.databaseRows, 'database row')}`,
  ];
  for (const [code, group] of grouped(findings)) {
    const { severity } = group[0]!;
    lines.push(`  ${signs[severity]} ${code} (${total(group)})`);
    for (const finding of group.slice(0, maxShown)) {
      if (!('more' in finding.detail)) lines.push(`      ${describePlace(finding)}`);
    }
    if (total(group) > maxShown) lines.push(`      … ${total(group) - maxShown} more`);
  }
  return lines.join('\n');
}

function grouped(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.code);
    if (group === undefined) groups.set(finding.code, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** Those that were left out count too. */
function total(findings: readonly Finding[]): number {
  return findings.reduce(
    (sum, { detail }) => sum + (typeof detail['more'] === 'number' ? detail['more'] : 1),
    0,
  );
}

/** Where it is, and the data of the finding; what stands in there may be anybody's and gets no line of its own. */
function describePlace({ role, version, path, detail }: Finding): string {
  const facts = Object.entries(detail).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const place = [role, version === null ? null : `version ${version}`, path].filter((part) => part !== null);
  if (place.length === 0) place.push('the repository');
  return `${place.join(' ')}${facts.length === 0 ? '' : `: ${facts.join(' ')}`}`.replace(/[\r\n]/g, '\ufffd');
}
