import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Joining } from '../projects/joining.ts';
import { invitationsContent } from './member-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const path = '/account/invitations/';

/** What somebody is invited to. */
@Controller('account/invitations')
@UseFilters(WebProblems)
export class InvitationsController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(Joining) private readonly joining: Joining,
  ) {}

  @Get()
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, path);
    if (person === null) return;
    const content = invitationsContent(await this.joining.mine(person));
    this.web.send(reply, 200, 'Invitations', content, { person });
  }

  @Post()
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, path);
    if (person === null) return;
    await this.joining.answer(person, web.field(request, 'id'), web.field(request, 'answer') === 'accept');
    web.redirect(reply, path);
  }
}
