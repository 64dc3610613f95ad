import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReceiptOffice } from './receipt-office.ts';
import type { Receipt } from './receipt.ts';

const uploadId = z.string().max(100);
const waitSeconds = z.coerce.number().min(0).max(60).default(0);
const waiting = z.object({ wait: waitSeconds });
const question = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), wait: waitSeconds });

/** What became of uploads; open to everybody who knows an id or a checksum. */
@Controller('api/v1/uploads')
export class ReceiptsController {
  constructor(private readonly office: ReceiptOffice) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  newest(
    @Query({ schema: question }) { sha256, wait }: z.output<typeof question>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Receipt> {
    return this.office.newestOf(sha256, wait, reply.raw);
  }

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  one(
    @Param('id', { schema: uploadId }) id: string,
    @Query({ schema: waiting }) { wait }: z.output<typeof waiting>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Receipt> {
    return this.office.one(id, wait, reply.raw);
  }
}
