import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { CLOCK, CONFIG, LOGGER, Metrics, Readiness } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { isRindError } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { SignerConfig } from './config.ts';
import { assembleSigner } from './assemble.ts';
import type { AssembledSigner } from './assemble.ts';
import { GcController, OperatorGuard } from './garbage/gc.controller.ts';
import { SweepRuns } from './garbage/sweep-runs.ts';

/** How the supervisor learns why a signer may not go on: another one writes, or a person must look first. */
const exitCodes = { lost: 3, refused: 4 } as const;

/** Starts the writer with the process and drains it with it; a writer that may not go on ends the process. */
@Module({ controllers: [GcController], providers: [SweepRuns, OperatorGuard] })
export class SignerModule implements OnApplicationBootstrap, OnModuleDestroy {
  private signer: AssembledSigner | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: SignerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
    private readonly sweeps: SweepRuns,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const signer = await assembleSigner(
      this.config,
      this.clock,
      this.logger,
      this.metrics,
      this.readiness,
      this.sweeps,
    );
    this.signer = signer;
    this.running = signer.run().catch((error: unknown) => {
      this.logger.error('writer.stopped', { error });
      // Nothing is left to drain: whatever was begun is rolled forward or abandoned by the next holder.
      process.exit(isRindError(error, 'writer.refused') ? exitCodes.refused : exitCodes.lost);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.signer?.drain();
    await this.running;
    await this.signer?.destroy();
  }
}
