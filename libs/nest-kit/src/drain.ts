import type { Server } from 'node:http';

const pollMs = 20;

/**
 * Stops accepting, then waits until every request is answered, at most `timeoutMs`; what is left is cut.
 * Modules must still be alive meanwhile: Nest's own close destroys them first.
 */
export async function drainServer(server: Server, timeoutMs: number): Promise<void> {
  if (!server.listening) return;
  let timer: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;
  // A kept-alive connection that becomes idle during the drain would hold the server open.
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, timeoutMs);
  });
  const sweep = () => {
    server.closeIdleConnections();
    poll = setTimeout(sweep, pollMs);
  };
  sweep();
  try {
    await Promise.race([closed, late]);
  } finally {
    clearTimeout(timer);
    clearTimeout(poll);
  }
}
