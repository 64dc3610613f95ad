import { become, ensureBuilt, ensureInstalled, nodeBinary } from './workspace.mjs';

/** `npm run bench`: every number that the documents quote comes from here. */
ensureInstalled();
ensureBuilt();
become(nodeBinary(), ['--conditions=@rind/source', 'tools/bench/src/main.ts', ...process.argv.slice(2)]);
