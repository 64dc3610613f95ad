import { systemClock, systemRandomness } from '@rind/kernel';
import { createApp, createLogger, runProcess } from '@rind/nest-kit';
import { readConfig } from './config.ts';
import { GateModule } from './gate.module.ts';
import { leaveUploadsUnread } from './upload/unread-body.ts';

const startLogger = createLogger({ process: 'gate', clock: systemClock() });

await runProcess(startLogger, async () => {
  const config = readConfig();
  const clock = systemClock(config.clockOffsetMs);
  const app = await createApp(GateModule, {
    config,
    clock,
    randomness: systemRandomness,
    logger: createLogger({ process: 'gate', clock }),
    problems: {},
    configure: leaveUploadsUnread,
    drainTimeoutMs: 30_000,
  });
  await app.listen(config.listen);
  return app;
});
