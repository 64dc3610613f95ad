import { Body, Controller, Get, Inject, Injectable, Module, Post, UseGuards } from '@nestjs/common';
import { RindError } from '@rind/kernel';
import { z } from 'zod';
import { BearerGuard } from './bearer-guard.ts';
import { CONFIG } from './kit.module.ts';
import { Metrics } from './metrics.ts';

// A module for the tests of this library; apart from them because test files are compiled without decorators.

export interface Config {
  readonly secret: string;
}
export const secret = 'the-shared-secret-of-two-processes';
const schema = z.strictObject({ name: z.string().min(2) });

@Injectable()
class CallerGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: Config) {
    super(config.secret);
  }
}

@Controller('things')
class ThingsController {
  constructor(private readonly metrics: Metrics) {
    this.metrics.counter('rind_things_total', 'Things.').inc();
  }

  @Get('broken')
  broken(): never {
    throw new Error('a stack that must not leave');
  }

  @Get('busy')
  busy(): never {
    throw new RindError('thing.busy', 'try later', { retryAfterSeconds: 3 });
  }

  @Post()
  @UseGuards(CallerGuard)
  create(@Body({ schema }) body: z.output<typeof schema>): { hello: string } {
    return { hello: body.name };
  }
}

@Module({ controllers: [ThingsController], providers: [CallerGuard] })
export class ThingsModule {}
