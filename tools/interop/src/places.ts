import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Where things lie. */
export const places = {
  root: join(here, '..', '..', '..'),
  requirements: join(here, '..', 'requirements.txt'),
  /** One file for each further venv. */
  requirementsApart: join(here, '..', 'requirements'),
  tufDownload: join(here, '..', 'python', 'tuf_download.py'),
  tufWatch: join(here, '..', 'python', 'tuf_watch.py'),
  tokenRead: join(here, '..', 'python', 'token_read.py'),
  twineTrusted: join(here, '..', 'python', 'twine_trusted.py'),
  goTuf: join(here, '..', 'go'),
  tough: join(here, '..', 'tough'),
  tufJsWatch: join(here, 'tuf-js.ts'),
  rindWatch: join(here, 'rind-watch.ts'),
  makeRepositories: join(here, '..', 'python', 'make_repositories.py'),
  supervisor: join(here, '..', '..', '..', 'apps', 'supervisor', 'dist', 'main.js'),
  cli: join(here, '..', '..', '..', 'apps', 'cli', 'dist', 'main.js'),
  documents: join(here, '..', '..', '..', 'docs'),
  /** Kept between runs: the venv and what was downloaded. */
  cache: join(here, '..', '..', '..', '.cache', 'interop'),
} as const;
