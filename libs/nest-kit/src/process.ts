import { isRindError } from '@rind/kernel';
import type { App } from './app.ts';
import type { Logger } from './logger.ts';

/**
 * Runs a process: starts it, drains on SIGTERM or SIGINT and exits 0; a failed start exits 1 with one log line.
 * @param start builds the app and listens
 */
export async function runProcess(logger: Logger, start: () => Promise<App>): Promise<void> {
  let stopping = false;
  let app: App | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info('process.stopping', { signal });
    // A signal during the start is obeyed when the start is over.
    if (app !== undefined) void shutDown(app);
  };
  const shutDown = async (running: App) => {
    try {
      await running.close();
      logger.info('process.stopped');
      process.exit(0);
    } catch (error) {
      logger.error('process.failed', { error });
      process.exit(1);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', (error) => {
    logger.error('process.failed', { error });
    process.exit(1);
  });
  try {
    app = await start();
  } catch (error) {
    const problems = isRindError(error, 'config.invalid') ? error.details : undefined;
    logger.error('process.failed', { error, ...problems });
    process.exit(1);
  }
  if (stopping) await shutDown(app);
}
