import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, nodeBinary, root } from './workspace.mjs';

/** `npm run e2e`: install, build, then the web pages of a real instance in a real browser. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), [
  '--enable-source-maps',
  join(root, 'tools', 'e2e', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
