import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, root } from './workspace.mjs';

/** `npm run s3`: install, build, then everything that talks to a real S3 server. */
ensureInstalled();
ensureBuilt();
become(join(root, 'node_modules', '.bin', 'vitest'), [
  'run',
  '--config',
  'vitest.s3.config.ts',
  ...process.argv.slice(2),
]);
