import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, nodeBinary, root, run, say } from './workspace.mjs';

/** `npm test`: install, build, format, lint with layers, unit tests, then tests with real parts. Fails at the first. */
const bin = (name) => join(root, 'node_modules', '.bin', name);

ensureInstalled();
ensureBuilt();
const steps = [
  ['formatting', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  [
    'types of tests and tools',
    nodeBinary(),
    ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.tests.json'],
  ],
  ['layers and lint', bin('nx'), ['run-many', '-t', 'lint', '--parallel=2', '--output-style=static']],
  ['the fixture that must be refused', nodeBinary(), ['tools/checks/boundary-fixture.mjs']],
  ['error codes and their page', nodeBinary(), ['tools/checks/error-codes.mjs']],
  ['audit events and their page', nodeBinary(), ['tools/checks/audit-events.mjs']],
  ['citations of the specification', nodeBinary(), ['tools/checks/citations.mjs']],
  ['unit tests', bin('vitest'), ['run']],
  ['tests with real parts', bin('vitest'), ['run', '--config', 'vitest.integration.config.ts']],
];
for (const [name, command, args] of steps) {
  say(`— ${name}`);
  run(command, args);
}
say('all held');
