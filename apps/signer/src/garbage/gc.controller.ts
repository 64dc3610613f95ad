import { Body, Controller, Get, HttpCode, Inject, Injectable, Param, Post, UseGuards } from '@nestjs/common';
import { BearerGuard, CONFIG } from '@rind/nest-kit';
import { z } from 'zod';
import type { SignerConfig } from '../config.ts';
import { SweepRuns } from './sweep-runs.ts';
import type { SweepRun } from './sweep-runs.ts';

const order = z.strictObject({ delete: z.boolean().default(false) });
const runId = z.coerce.number().int().positive();

/** For the operator's command line alone. */
@Injectable()
export class OperatorGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: SignerConfig) {
    super(config.RIND_OPERATOR_SIGNER_SECRET);
  }
}

/** `rind gc`: a sweep is asked for, and asked about until it has ended. */
@Controller('internal/gc')
@UseGuards(OperatorGuard)
export class GcController {
  constructor(private readonly runs: SweepRuns) {}

  @Post()
  @HttpCode(202)
  request(@Body({ schema: order }) asked: z.output<typeof order>): SweepRun {
    return this.runs.request(asked.delete ? 'delete' : 'report', 'operator');
  }

  @Get(':id')
  progress(@Param('id', { schema: runId }) id: number): SweepRun {
    return this.runs.find(id);
  }
}
