import { devNull } from 'node:os';

/**
 * The environment in which clients meet the instance: nothing of this machine's or this user's configuration, no
 * proxy, no keyring, a home that is thrown away.
 * @param home an empty folder
 */
export function clientEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: process.env['TMPDIR'] ?? '/tmp',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    NO_PROXY: '127.0.0.1,localhost',
    COLUMNS: '240',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONNOUSERSITE: '1',
    PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
    PIP_CONFIG_FILE: devNull,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_NO_CACHE_DIR: '1',
    UV_NO_CONFIG: '1',
    UV_NO_CACHE: '1',
    UV_NO_PROGRESS: '1',
    UV_PYTHON_DOWNLOADS: 'never',
  };
}

/** The user's own environment: with it the package registry is reached as on any other day. */
export function machineEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
