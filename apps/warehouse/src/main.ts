import { systemClock, systemRandomness } from '@rind/kernel';
import { createLogger, runProcess } from '@rind/nest-kit';
import { readConfig } from './config.ts';
import { buildWarehouse } from './start.ts';

const startLogger = createLogger({ process: 'warehouse', clock: systemClock() });

await runProcess(startLogger, async () => {
  const config = readConfig();
  const clock = systemClock(config.clockOffsetMs);
  const logger = createLogger({ process: 'warehouse', clock });
  const app = await buildWarehouse({ config, clock, randomness: systemRandomness, logger });
  await app.listen(config.listen);
  return app;
});
