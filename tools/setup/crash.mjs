import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm run crash`: install, build, then a real instance is killed and stopped while everybody reads. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'tools', 'crash', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
