import { readTarGz, readZip } from '@rind/archives';
import { DistributionError, neededMembers } from '@rind/index-model';
import type { Distribution } from '@rind/index-model';

/** Core metadata as its headers say it: names in lower case, values in the order of the file. */
export interface CoreMetadata {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What follows the headers; empty when nothing does. */
  readonly body: string;
}

/**
 * METADATA of a wheel, or PKG-INFO of a source distribution.
 * @throws ArchiveError, DistributionError `distribution.file-missing`
 */
export async function readCoreMetadata(path: string, distribution: Distribution): Promise<CoreMetadata> {
  const wanted = memberTest(distribution);
  const read = distribution.filename.endsWith('.tar.gz') ? readTarGz : readZip;
  const { contents } = await read(path, wanted);
  const [bytes] = contents.values();
  if (bytes === undefined) {
    const member = distribution.kind === 'wheel' ? 'METADATA' : 'PKG-INFO';
    const text = `${distribution.filename} has no ${member}`;
    throw new DistributionError('distribution.file-missing', text, { member });
  }
  return parseCoreMetadata(new TextDecoder().decode(bytes));
}

/** Headers as in mails (RFC 5322 §2.2), an empty line, and the description. A line that is no header ends them too. */
export function parseCoreMetadata(text: string): CoreMetadata {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const headers: [string, string][] = [];
  let at = 0;
  for (; at < lines.length && lines[at] !== ''; at++) {
    const line = lines[at]!;
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1] += `\n${line}`;
      continue;
    }
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    headers.push([name.toLowerCase(), value]);
  }
  const rest = lines[at] === '' ? at + 1 : at;
  return { headers, body: lines.slice(rest).join('\n') };
}

function memberTest(distribution: Distribution): (name: string) => boolean {
  if (distribution.kind === 'sdist') return (name) => /^[^/]+\/PKG-INFO$/.test(name);
  const metadata = neededMembers(distribution).find((name) => name.endsWith('/METADATA'));
  return (name) => name === metadata;
}
