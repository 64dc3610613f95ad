import { offeredFiles, relativeFileUrl, relativeProvenanceUrl, simpleApiVersion } from './simple-page.ts';
import type { PageFile, ProjectPage } from './simple-page.ts';

/**
 * A project's page in HTML (PEP 503 with PEP 592, 714, 740 and 792), of the facts that the signed JSON states.
 * Anchors read as file names: older tools take the names from there.
 */
export function renderProjectHtml(page: ProjectPage): string {
  const title = `Links for ${escapeHtml(page.name)}`;
  const reason = page.statusReason ? meta('pypi:project-status-reason', page.statusReason) : '';
  const head = `${meta('pypi:project-status', page.status)}${reason}<title>${title}</title>\n`;
  const anchors = offeredFiles(page).map((file) => anchor(page, file));
  return documentOf(head, `<h1>${title}</h1>\n${anchors.join('')}`);
}

/** The list of all projects (PEP 503). Links are relative to `/simple/`. */
export function renderIndexHtml(names: readonly string[]): string {
  const anchors = names.map((name) => `<a href="${escapeHtml(name)}/">${escapeHtml(name)}</a><br />\n`);
  return documentOf('<title>Simple index</title>\n', anchors.join(''));
}

/** A text for use between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function documentOf(head: string, body: string): string {
  const version = meta('pypi:repository-version', simpleApiVersion);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${version}${head}</head>
<body>
${body}</body>
</html>
`;
}

function meta(name: string, content: string): string {
  return `<meta name="${name}" content="${escapeHtml(content)}">\n`;
}

function anchor(page: ProjectPage, file: PageFile): string {
  const { filename, sha256, requiresPython, yanked, coreMetadataSha256 } = file;
  const attributes: readonly (readonly [string, string | undefined])[] = [
    ['href', `${relativeFileUrl(page.name, file)}#sha256=${sha256}`],
    ['data-requires-python', requiresPython || undefined],
    ['data-yanked', yanked === false ? undefined : yanked === true ? '' : yanked],
    // Installers from before PEP 714 know the first name only.
    ['data-dist-info-metadata', checksum(coreMetadataSha256)],
    ['data-core-metadata', checksum(coreMetadataSha256)],
    ['data-provenance', relativeProvenanceUrl(page.name, file) ?? undefined],
  ];
  const written = attributes
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(value!)}"`);
  return `<a${written.join('')}>${escapeHtml(filename)}</a><br />\n`;
}

function checksum(sha256: string | undefined): string | undefined {
  return sha256 === undefined ? undefined : `sha256=${sha256}`;
}
