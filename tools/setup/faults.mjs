import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm run faults`: install, build, then uploads to a real instance whose calls fail. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'tools', 'system-tests', 'src', 'faults-main.ts'),
  ...process.argv.slice(2),
]);
