import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MintRefusal } from '../authorization/person-may.ts';
import type { Person } from '../sessions/sessions.ts';
import { PersonTokens } from '../tokens/person-tokens.ts';
import {
  lifetimes,
  mintedContent,
  newTokenContent,
  tokenRefusedContent,
  tokensContent,
} from './token-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const list = '/account/tokens/';
const create = '/account/tokens/new/';
const title = 'Make an API token';
const empty = { description: '', projects: '', days: '90' };

/** API tokens of people. */
@Controller('account/tokens')
@UseFilters(WebProblems)
export class PersonTokensController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(PersonTokens) private readonly tokens: PersonTokens,
  ) {}

  @Get()
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, list);
    if (person === null) return;
    this.web.send(reply, 200, 'API tokens', tokensContent(await this.tokens.list(person)), { person });
  }

  @Get('new')
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, create);
    if (person === null) return;
    const refusal = await this.tokens.refusal(person);
    if (refusal === null) this.web.send(reply, 200, title, newTokenContent(empty, {}), { person });
    else this.refuse(reply, person, refusal);
  }

  @Post('new')
  async make(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.personOr(request, reply, create);
    if (person === null) return;
    const sent = {
      description: web.field(request, 'description'),
      projects: web.field(request, 'projects'),
      days: lifetimes.find(([value]) => value === web.field(request, 'days'))?.[0] ?? empty.days,
    };
    const days = sent.days === '' ? null : Number(sent.days);
    const outcome = await this.tokens.create(person, { ...sent, days }, web.visitor(request));
    if ('minted' in outcome) {
      web.send(reply, 200, 'Your new token', mintedContent(outcome.minted.token), { person });
    } else if ('refused' in outcome) this.refuse(reply, person, outcome.refused);
    else {
      const code = 'account.form-refused';
      web.send(reply, 400, title, newTokenContent(sent, outcome.refusals), { person, code });
    }
  }

  /** Asks for nothing more: whoever suspects a token wants it gone at once, and another is soon made. */
  @Post('revoke')
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.personOr(request, reply, list);
    if (person === null) return;
    await this.tokens.revoke(person, web.field(request, 'id'), web.visitor(request));
    web.redirect(reply, list);
  }

  private refuse(reply: FastifyReply, person: Person, refusal: MintRefusal): void {
    if (refusal === 'account.sudo-required') {
      this.web.redirect(reply, `/account/sudo/?next=${encodeURIComponent(create)}`);
      return;
    }
    this.web.send(reply, 403, title, tokenRefusedContent(refusal), { person, code: refusal });
  }
}
