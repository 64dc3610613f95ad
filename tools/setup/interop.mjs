import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm run interop`: install, build, then real clients against a real instance. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'tools', 'interop', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
