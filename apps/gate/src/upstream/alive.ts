/** Less than `/readyz` itself may take. */
const timeoutMs = 1_500;

/**
 * Whether another process of the index answers at all. Whether it is ready is for its own `/readyz` to say: two
 * processes that waited for each other would never be.
 */
export async function requireAlive(url: string): Promise<void> {
  const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`alive? was answered with ${response.status}`);
}
