import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { strengthOf } from '../accounts/password-strength.ts';
import { Rates, tooMany } from '../limits/rates.ts';
import { strengthScript } from './strength-script.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const scores = ['Guessed at once', 'Soon guessed', 'Good enough', 'Strong', 'Very strong'] as const;
const mostNames = 5;

/** How strong a password is, for the meter beside its field. Nothing of it is kept or logged. */
@Controller('account')
@UseFilters(WebProblems)
export class StrengthController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(Rates) private readonly rates: Rates,
  ) {}

  @Get(strengthScript.path.replace('/account/', ''))
  script(@Res() reply: FastifyReply): void {
    this.web.sendScript(reply, strengthScript);
  }

  @Post('password-strength')
  async strength(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    if (!(await this.rates.take(['strength/address', web.visitor(request).address]))) throw tooMany();
    const names = web.value(request, 'names');
    const texts = Array.isArray(names) ? names.slice(0, mostNames).filter(isName) : [];
    const { score, advice } = strengthOf(web.field(request, 'password'), texts);
    web.answer(reply, 200, { score, text: [`${scores[score]}.`, ...advice].join(' ') });
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 254;
}
