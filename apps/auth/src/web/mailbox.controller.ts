import {
  Controller,
  Get,
  Header,
  Inject,
  NotFoundException,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import type { Sql } from '@rind/database';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { Outbox } from '../mail/outbox.ts';
import type { KeptMail } from '../mail/outbox.ts';
import { mailboxContent } from './account-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

/** Mails as they would be sent. In development alone: whoever reads them opens accounts. */
@Controller('mailbox')
export class MailboxController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  @Get()
  @UseFilters(WebProblems)
  async mailbox(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.requireMailbox();
    const person = await this.web.person(request);
    const mails = await this.outbox.newest(this.sql, null);
    this.web.send(reply, 200, 'Development mailbox', mailboxContent(mails), { person });
  }

  @Get('messages')
  @Header('Cache-Control', 'no-store')
  messages(@Query('to') to: unknown): Promise<KeptMail[]> {
    this.requireMailbox();
    return this.outbox.newest(this.sql, typeof to === 'string' ? to : null);
  }

  private requireMailbox(): void {
    if (!this.config.mailbox) throw new NotFoundException();
  }
}
