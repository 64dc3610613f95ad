import type { LoggerService } from '@nestjs/common';
import { messageOf } from '@rind/kernel';
import type { Logger } from './logger.ts';

/** Nest's own words at warning and above, as events of ours; its chatter below is dropped. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown) => (typeof message === 'string' ? message : messageOf(message));
  return {
    log() {},
    debug() {},
    verbose() {},
    warn(message: unknown) {
      logger.warn('nest.warning', { message: text(message) });
    },
    error(message: unknown, stack?: unknown) {
      logger.error('nest.error', { message: text(message), ...(typeof stack === 'string' ? { stack } : {}) });
    },
    fatal(message: unknown) {
      logger.error('nest.fatal', { message: text(message) });
    },
  };
}
