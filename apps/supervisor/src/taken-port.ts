import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { SupervisorError } from './instance/errors.ts';

/** Says so before anything was made, not after the ceremony. */
export async function refuseTaken(port: number): Promise<void> {
  const server = await listening(port).catch((cause: unknown) => {
    const problem = `--port ${port} cannot be had (${(cause as NodeJS.ErrnoException).code}): 0 takes a free one`;
    throw new SupervisorError('option.invalid', problem, { option: 'port' }, { cause });
  });
  await closed(server);
}

function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
