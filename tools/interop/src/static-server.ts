import { spawn } from 'node:child_process';
import type { Bench } from './suite.ts';
import { until } from './until.ts';

/** A folder behind the plainest web server there is: `python -m http.server`. */
export interface StaticServer {
  /** With a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serveFolder({ python, environment }: Bench, folder: string): Promise<StaticServer> {
  const args = ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder];
  const child = spawn(python.program('python'), args, {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const closed = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  const close = (): Promise<void> => {
    child.kill('SIGKILL');
    return closed;
  };
  const port = (): string | undefined => /\bport (\d+)\b/.exec(printed)?.[1];
  try {
    await until('the static server listens', () => port() !== undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://127.0.0.1:${port()}/`, close };
}
