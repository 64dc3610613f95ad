import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FactorProof } from '../second-factor/factor-proof.ts';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { codeText, sudoContent } from './factor-pages.ts';
import type { Person } from '../sessions/sessions.ts';
import { nextPath } from './next-path.ts';
import { passkeyScript } from './passkey-script.ts';
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
    @Inject(FactorProof) private readonly proof: FactorProof,
  ) {}

  @Get()
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = nextPath(this.web.parameter(request, 'next'));
    const person = await this.web.personOr(request, reply, next);
    if (person === null) return;
    if (person.sudo) this.web.redirect(reply, next);
    else await this.send(reply, person, next, null);
  }

  @Post()
  async prove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const next = nextPath(web.field(request, 'next'));
    const person = await web.personOr(request, reply, next);
    if (person === null) return;
    const given = { code: web.field(request, 'code'), password: web.field(request, 'password') };
    const outcome = await this.proof.again(person, given, web.visitor(request));
    if (outcome === 'ok') web.redirect(reply, next);
    else if (outcome === 'wrong-password') {
      await this.send(reply, person, next, ['This is not your password.', 'account.sign-in-refused']);
    } else await this.send(reply, person, next, [codeText(outcome), 'account.code-refused']);
  }

  /** @param refused in words, and its code */
  private async send(
    reply: FastifyReply,
    person: Person,
    next: string,
    refused: readonly [text: string, code: string] | null,
  ): Promise<void> {
    const enrolled = await this.factor.enrolled(person.accountId);
    const content = sudoContent(next, enrolled, refused?.[0] ?? null);
    this.web.send(reply, refused === null ? 200 : 403, title, content, {
      person,
      ...(refused === null ? {} : { code: refused[1] }),
      ...(enrolled.passkeys ? { script: passkeyScript } : {}),
    });
  }
}
