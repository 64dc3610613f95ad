import { systemClock, systemRandomness } from '@rind/kernel';
import { createApp, createLogger, runProcess } from '@rind/nest-kit';
import { AuthModule } from './auth.module.ts';
import { readConfig } from './config.ts';
import { problems } from './problems.ts';
import { keepRawBodies } from './raw-bodies.ts';

const startLogger = createLogger({ process: 'auth', clock: systemClock() });

await runProcess(startLogger, async () => {
  const config = readConfig();
  const clock = systemClock(config.clockOffsetMs);
  const app = await createApp(AuthModule, {
    config,
    clock,
    randomness: systemRandomness,
    logger: createLogger({ process: 'auth', clock }),
    problems,
    bodyLimitBytes: 65_536,
    configure: keepRawBodies,
  });
  await app.listen(config.listen);
  return app;
});
