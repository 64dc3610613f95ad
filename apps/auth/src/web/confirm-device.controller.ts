import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Sql } from '@rind/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DATABASE } from '../database.ts';
import { DeviceConfirmation } from '../devices/device-confirmation.ts';
import { HalfSessions } from '../second-factor/half-sessions.ts';
import type { HalfSession, WaitingSignIn } from '../second-factor/half-sessions.ts';
import { badLinkContent, confirmContent, elsewhereContent, mailedContent } from './device-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

type Waiting = HalfSession & { readonly waiting: WaitingSignIn };

/** The last step of signing in with a code from a device that is not known: the link that was mailed. */
@Controller('account/confirm-device')
@UseFilters(WebProblems)
export class ConfirmDeviceController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(HalfSessions) private readonly halfSessions: HalfSessions,
    @Inject(DeviceConfirmation) private readonly confirmation: DeviceConfirmation,
  ) {}

  @Get()
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    const token = web.parameter(request, 'token');
    const half = await this.waiting(request);
    if (half === 'over' && token === '') web.redirect(reply, '/account/login/');
    else if (half === 'none' && token === '') web.redirect(reply, '/account/');
    else if (typeof half === 'string') this.refuse(reply, half);
    else if (token === '') web.send(reply, 200, 'Read your mail', mailedContent(half.waiting));
    else web.send(reply, 200, 'Is it you?', confirmContent(token, half.waiting));
  }

  @Post()
  async confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const half = await this.waiting(request);
    if (typeof half === 'string') {
      this.refuse(reply, half);
      return;
    }
    const token = web.field(request, 'token');
    const signedIn = await this.confirmation.confirm(half, token, web.arrival(request));
    if (signedIn === null) this.refuse(reply, 'over');
    else web.signed(reply, signedIn, half.waiting.next);
  }

  /** `none`: nobody waits in this browser; `over`: somebody did. */
  private async waiting(request: FastifyRequest): Promise<Waiting | 'none' | 'over'> {
    const cookie = this.web.halfCookie(request);
    if (cookie === null) return 'none';
    const half = await this.halfSessions.find(this.sql, cookie);
    if (half === null) return 'over';
    return half.waiting === null ? 'none' : { ...half, waiting: half.waiting };
  }

  private refuse(reply: FastifyReply, why: 'none' | 'over'): void {
    const title = 'This link is not good here';
    if (why === 'none')
      this.web.send(reply, 403, title, elsewhereContent(), { code: 'account.link-elsewhere' });
    else this.web.send(reply, 400, title, badLinkContent(), { code: 'account.link-refused' });
  }
}
