import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes the lists anew that the rules of uploads look things up in, and the vectors of what Python's own libraries
 * say of metadata: `node tools/vendored-data/remake.mjs`. Needs python3 with pip. Newer lists: raise the versions
 * here, run it, and look at what changed.
 */
const packages = [
  'trove-classifiers==2026.9.21.13',
  'packaging==26.3',
  'stdlib-list==0.12.0',
  'email-validator==2.4.0',
  'rfc3986==2.0.0',
];

const here = fileURLToPath(new URL('.', import.meta.url));
const model = fileURLToPath(new URL('../../libs/index-model/', import.meta.url));
const library = mkdtempSync(join(tmpdir(), 'rind-vendored-'));
try {
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', library, ...packages], {
    stdio: 'inherit',
  });
  const env = { ...process.env, PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: '1' };
  const maxBuffer = 64 * 1024 * 1024;
  const made = JSON.parse(
    execFileSync('python3', [join(here, 'lists.py')], { env, maxBuffer, encoding: 'utf8' }),
  );
  for (const [name, list] of Object.entries(made)) {
    writeFileSync(join(model, 'src', 'data', `${name}.json`), `${JSON.stringify(list, null, 2)}\n`);
  }
  const vectors = execFileSync('python3', [join(here, 'metadata_vectors.py')], {
    env,
    maxBuffer,
    encoding: 'utf8',
  });
  writeFileSync(
    join(model, 'vectors', 'metadata-values.json'),
    `${JSON.stringify(JSON.parse(vectors), null, 1)}\n`,
  );
  const prettier = createRequire(import.meta.url).resolve('prettier/bin/prettier.cjs');
  execFileSync(process.execPath, [prettier, '--write', join(model, 'src', 'data')], { stdio: 'inherit' });
} finally {
  rmSync(library, { recursive: true, force: true });
}
