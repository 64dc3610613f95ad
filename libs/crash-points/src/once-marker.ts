import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Takes the marker of that name in a folder; false if somebody has taken it before. */
export function takeMarker(stateDir: string, name: string): boolean {
  mkdirSync(stateDir, { recursive: true });
  try {
    closeSync(openSync(join(stateDir, name), 'wx', 0o600));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
