import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Clock, Randomness } from '@rind/kernel';
import { HealthController } from './health.controller.ts';
import type { Logger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { Readiness } from './readiness.ts';

/** The app's frozen configuration: `@Inject(CONFIG) config: GateConfig`. */
export const CONFIG = Symbol('config');
/** `Clock` of @rind/kernel. */
export const CLOCK = Symbol('clock');
/** `Randomness` of @rind/kernel. */
export const RANDOMNESS = Symbol('randomness');
/** `Logger` of this library. */
export const LOGGER = Symbol('logger');

export interface KitParts {
  readonly config: object;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Configuration, time, chance, logging, health and metrics: the only global module. */
@Module({})
export class KitModule {
  static with(parts: KitParts): DynamicModule {
    return {
      module: KitModule,
      global: true,
      controllers: [HealthController],
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: CLOCK, useValue: parts.clock },
        { provide: RANDOMNESS, useValue: parts.randomness },
        { provide: LOGGER, useValue: parts.logger },
        Readiness,
        Metrics,
      ],
      exports: [CONFIG, CLOCK, RANDOMNESS, LOGGER, Readiness, Metrics],
    };
  }
}
