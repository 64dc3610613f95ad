import type { ServerResponse } from 'node:http';

/**
 * Runs `work` on a request and says `102 Processing` (RFC 2518 §10.1) every `everyMs` until it ends. The gate can so
 * tell a process that is busy with a large file, a slow disk or a lock from one that does not run at all.
 */
export async function givingSignsOfLife<Result>(
  response: ServerResponse,
  everyMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const beat = setInterval(() => {
    if (response.headersSent || response.destroyed) clearInterval(beat);
    else response.writeProcessing();
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
