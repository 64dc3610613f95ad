import { systemClock, systemRandomness } from '@rind/kernel';
import { createApp, createLogger, runProcess } from '@rind/nest-kit';
import { readConfig } from './config.ts';
import { problems } from './problems.ts';
import { SignerModule } from './signer.module.ts';

const logger = createLogger({ process: 'signer', clock: systemClock() });

await runProcess(logger, async () => {
  const config = readConfig();
  const app = await createApp(SignerModule, {
    config,
    clock: systemClock(config.RIND_CLOCK_OFFSET_MS ?? 0),
    randomness: systemRandomness,
    logger,
    problems,
  });
  await app.listen({ host: config.RIND_LISTEN_HOST, port: config.RIND_LISTEN_PORT });
  return app;
});
