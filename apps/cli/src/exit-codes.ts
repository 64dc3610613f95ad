import { isRindError } from '@rind/kernel';

/** Exit codes of every command (docs/reference/cli.md). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  notYet: 5,
  network: 6,
} as const;

/** Which exit code an error means, by its stable code. */
export function exitCodeOf(error: unknown): number {
  if (!isRindError(error)) return exitCodes.failed;
  const { code } = error;
  if (code.startsWith('usage.') || code === 'instance.not-found') return exitCodes.usage;
  if (code === 'target.not-found' || code === 'file.not-found') return exitCodes.notFound;
  if (code === 'target.not-yet') return exitCodes.notYet;
  if (
    code.startsWith('fetch.') ||
    code.startsWith('store.') ||
    code === 'network.failed' ||
    code === 'target.missing'
  ) {
    return exitCodes.network;
  }
  if (/^(?:verify|target|role|page|metadata|json|client|bytes)\./.test(code)) return exitCodes.refused;
  return exitCodes.failed;
}
