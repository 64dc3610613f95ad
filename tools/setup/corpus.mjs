import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm run corpus`: install, build, then real distributions through a real instance. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'tools', 'interop', 'src', 'corpus', 'corpus-main.ts'),
  ...process.argv.slice(2),
]);
