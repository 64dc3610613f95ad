import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { GateGuard } from '../guards.ts';
import { Introspection } from './introspection.ts';
import type { IntrospectionAnswer } from './introspection.ts';

const introspectOrder = z.strictObject({ token: z.string().max(16_384) });

@Controller('internal/tokens')
export class TokensController {
  constructor(private readonly introspection: Introspection) {}

  @Post('introspect')
  @HttpCode(200)
  @UseGuards(GateGuard)
  introspect(
    @Body({ schema: introspectOrder }) { token }: z.output<typeof introspectOrder>,
  ): Promise<IntrospectionAnswer> {
    return this.introspection.of(token);
  }
}
