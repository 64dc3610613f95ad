import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { TransactionalSql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { CLOCK } from '@rind/nest-kit';
import { z } from 'zod';
import { DATABASE } from '../database.ts';
import { GateGuard, SignerGuard } from '../guards.ts';
import { GrantIssuer } from './grant-issuer.ts';
import type { IssuedGrant } from './grant-issuer.ts';
import { liveGrants, voidedAmong } from './grant-log.ts';
import type { LiveGrant } from './grant-log.ts';
import { GrantVoider } from './grant-voider.ts';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const uuid = z.uuidv4();
const grantOrder = z.strictObject({
  token: z.string().min(1).max(16_384),
  id: uuid.optional(),
  project: z.string().min(1).max(300),
  filename: z.string().min(1).max(255),
  digests: z.strictObject({ sha256: hex(64), sha512: hex(128), blake2b256: hex(64) }),
  length: z.int().min(0),
  requiresPython: z.string().max(1_000).nullable(),
  remote: z.string().max(100).optional(),
});
const voidOrder = z.strictObject({ reason: z.string().max(500) });
const voidedQuery = z.strictObject({ ids: z.array(uuid).max(1_000) });
const liveQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

@Controller('internal/grants')
export class GrantsController {
  constructor(
    private readonly issuer: GrantIssuer,
    private readonly voider: GrantVoider,
    @Inject(DATABASE) private readonly sql: TransactionalSql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @UseGuards(GateGuard)
  issue(@Body({ schema: grantOrder }) order: z.output<typeof grantOrder>): Promise<IssuedGrant> {
    return this.issuer.issue(order);
  }

  @Post(':id/void')
  @HttpCode(204)
  @UseGuards(GateGuard)
  void(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: voidOrder }) { reason }: z.output<typeof voidOrder>,
  ): Promise<void> {
    return this.voider.void(id, reason);
  }

  /** Which of these grants were taken back; ids that were never issued are not among them. */
  @Post('voided')
  @HttpCode(200)
  @UseGuards(SignerGuard)
  async voided(
    @Body({ schema: voidedQuery }) { ids }: z.output<typeof voidedQuery>,
  ): Promise<{ voided: readonly string[] }> {
    return { voided: await voidedAmong(this.sql, ids) };
  }

  @Get('live')
  @UseGuards(SignerGuard)
  async live(
    @Query({ schema: liveQuery }) { after, limit }: z.output<typeof liveQuery>,
  ): Promise<{ grants: readonly LiveGrant[] }> {
    return { grants: await liveGrants(this.sql, after, limit, new Date(this.clock.nowMs())) };
  }
}
