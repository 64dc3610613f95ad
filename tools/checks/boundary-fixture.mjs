import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../setup/workspace.mjs';

/** The layer rule is silent when it cannot see the project graph; so one project must be refused by it, every time. */
const nx = join(root, 'node_modules', '.bin', 'nx');
const result = spawnSync(nx, ['run', '@rind/boundary-fixture:lint-refused', '--output-style=static'], {
  cwd: root,
  encoding: 'utf8',
});
const output = `${result.stdout}${result.stderr}`;
if (result.status === 0 || !output.includes('@nx/enforce-module-boundaries')) {
  process.stderr.write(output);
  process.stderr.write(
    'the fixture was not refused by @nx/enforce-module-boundaries: layers are not enforced\n',
  );
  process.exit(1);
}
process.stdout.write('layers are enforced: the fixture was refused\n');
