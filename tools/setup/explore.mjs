import { become, ensureBuilt, ensureInstalled, nodeBinary } from './workspace.mjs';

/** `npm run explore`: every order of every step of two signers, and what may go wrong between them. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), ['--conditions=@rind/source', 'tools/explorer/src/main.ts', ...process.argv.slice(2)]);
