import { join } from 'node:path';
import { demoProject, demoVersion } from './demo/archives.ts';
import type { InstanceFile } from './instance/instance-file.ts';

/** What a newcomer reads when the instance is ready: what happened, and the exact lines to type next. */
export function welcome(
  instance: InstanceFile,
  dataDir: string,
  options: { demo: boolean; bins: number },
): string {
  const wheel = join(dataDir, 'demo', `rind_demo-${demoVersion}-py3-none-any.whl`);
  const data = dataDir.endsWith('/.rind') ? '' : ` --data ${dataDir}`;
  const certificate = trusting(instance.ca);
  const lines = [
    '',
    '  Rind is running: a Python package index whose every file is signed and can be verified.',
    '',
    `  ${instance.url}/            what this is, the newest projects, the state of the repository`,
    '',
    options.demo
      ? `  ${demoProject} ${demoVersion} was uploaded, signed into one of ${options.bins} bins and verified by a client.`
      : '  No demo project was uploaded (--no-demo).',
    '',
    '  Upload (the same file again is a polite no-op):',
    `    ${certificate.before}twine upload --repository-url ${instance.upload} -u __token__ -p ${instance.token} ${wheel}`,
    '  Install:',
    `    ${certificate.before}pip install --index-url ${instance.simple} ${demoProject}`,
    '  Download with every byte verified, and verify a file you have:',
    `    npx rind get ${demoProject}${data}`,
    `    npx rind verify ${wheel}${data}`,
    ...certificate.note,
    '  State:',
    `    npx rind status${data}`,
    `  Accounts: sign in as ${instance.user} with the password in rind.json; what would be mailed is in the mailbox:`,
    `    ${instance.auth}/account/    ${instance.mail}/`,
    '',
    '  Development keys live in this folder and protect nothing; Ctrl-C stops everything.',
    `  Data: ${dataDir}`,
    '',
  ];
  return lines.join('\n');
}

/** What stands before the lines to type, so that clients trust an authority that this machine made itself. */
function trusting(ca: string | null): { before: string; note: readonly string[] } {
  if (ca === null) return { before: '', note: [] };
  return {
    // Stronger than PIP_CERT and TWINE_CERT, and than what a machine behind a proxy has in this very variable.
    before: `REQUESTS_CA_BUNDLE=${ca} `,
    note: [
      '  https is vouched for by this file (uv: SSL_CERT_FILE, curl: --cacert, Node: NODE_EXTRA_CA_CERTS):',
      `    ${ca}`,
    ],
  };
}
