import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { WarehouseConfig } from '../config.ts';
import { GateGuard } from './gate-guard.ts';
import { givingSignsOfLife } from './sign-of-life.ts';
import { readingWhole } from './upload-body.ts';
import type { UploadAnswer } from './upload-desk.ts';
import { UploadIntake } from './upload-intake.ts';
import type { GrantUse } from './upload-intake.ts';

const grantId = z.uuid();

/** The gate's door. */
@Controller('internal/uploads')
@UseGuards(GateGuard)
export class UploadsController {
  constructor(
    private readonly intake: UploadIntake,
    @Inject(CONFIG) private readonly config: WarehouseConfig,
  ) {}

  @Post()
  @HttpCode(200)
  upload(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadAnswer> {
    const { bodyIdleMs, signOfLifeMs } = this.config;
    return givingSignsOfLife(reply.raw, signOfLifeMs, () =>
      readingWhole(request.raw, bodyIdleMs, (body) => this.intake.receive(body)),
    );
  }

  @Get('by-grant/:grantId')
  byGrant(@Param('grantId', { schema: grantId }) id: string): Promise<GrantUse> {
    return this.intake.grantUse(id);
  }
}
