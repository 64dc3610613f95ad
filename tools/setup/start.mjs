import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm start`: install, build, then the supervisor takes over. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'apps', 'supervisor', 'dist', 'main.js'),
  ...process.argv.slice(2),
]);
