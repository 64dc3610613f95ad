import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { codeText, sudoContent } from './factor-pages.ts';
import { nextPath } from './next-path.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const title = 'Show that it is you';

/** Asks people again who they are before what is sensitive. */
@Controller('account/sudo')
@UseFilters(WebProblems)
export class SudoController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(SecondFactor) private readonly factor: SecondFactor,
  ) {}

  @Get()
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = nextPath(this.web.parameter(request, 'next'));
    const person = await this.web.personOr(request, reply, next);
    if (person === null) return;
    if (person.sudo) this.web.redirect(reply, next);
    else {
      const { totp } = await this.factor.state(person.accountId);
      this.web.send(reply, 200, title, sudoContent(totp, next, null), { person });
    }
  }

  @Post()
  async prove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const next = nextPath(web.field(request, 'next'));
    const person = await web.personOr(request, reply, next);
    if (person === null) return;
    const given = { code: web.field(request, 'code'), password: web.field(request, 'password') };
    const outcome = await this.factor.proveAgain(person, given, web.visitor(request));
    if (outcome === 'ok') web.redirect(reply, next);
    else {
      const wrong = outcome === 'wrong-password';
      const content = sudoContent(!wrong, next, wrong ? 'This is not your password.' : codeText(outcome));
      const code = wrong ? 'account.sign-in-refused' : 'account.code-refused';
      web.send(reply, 403, title, content, { person, code });
    }
  }
}
