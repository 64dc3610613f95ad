#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(entry))) {
  process.stderr.write('rind: not built yet: run `npm start` (or `npm run build`) in the checkout once\n');
  process.exit(1);
}
await import(entry.href);
