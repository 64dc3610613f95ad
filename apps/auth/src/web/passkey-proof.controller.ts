import { Controller, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Sql } from '@rind/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DATABASE } from '../database.ts';
import { FactorProof } from '../second-factor/factor-proof.ts';
import type { ProofOutcome } from '../second-factor/factor-proof.ts';
import { HalfSessions } from '../second-factor/half-sessions.ts';
import type { HalfSession } from '../second-factor/half-sessions.ts';
import { assertionAnswer } from '../second-factor/passkey-answer.ts';
import type { AssertionAnswer } from '../second-factor/passkey-answer.ts';
import { Passkeys } from '../second-factor/passkeys.ts';
import type { Person } from '../sessions/sessions.ts';
import { nextPath } from './next-path.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

/** Proving a passkey, to sign in and again before what is sensitive; the script of those pages asks and answers. */
@Controller('account')
@UseFilters(WebProblems)
export class PasskeyProofController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(HalfSessions) private readonly halfSessions: HalfSessions,
    @Inject(Passkeys) private readonly passkeys: Passkeys,
    @Inject(FactorProof) private readonly proof: FactorProof,
  ) {}

  @Post('second-factor/passkey/options')
  async signInOptions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const half = await this.halfOr(request, reply);
    if (half === null) return;
    const asked = { accountId: half.accountId, asker: half.id };
    const options = await this.passkeys.options(asked, 'sign-in', this.web.visitor(request));
    this.web.answer(reply, 200, options);
  }

  @Post('second-factor/passkey')
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    const half = await this.halfOr(request, reply);
    if (half === null) return;
    const passkey = this.answerIn(request);
    const next = nextPath(web.field(request, 'next'));
    const outcome =
      passkey === null ? 'wrong' : await this.proof.signIn(half, { passkey }, web.arrival(request), next);
    if (typeof outcome === 'object' && 'cookie' in outcome) web.signedForScript(reply, outcome, next);
    // A passkey waits for no mail.
    else this.refuse(reply, outcome === 'mailed' ? 'wrong' : outcome);
  }

  @Post('sudo/passkey/options')
  async sudoOptions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.personOr(request, reply);
    if (person === null) return;
    const asked = { accountId: person.accountId, asker: person.sessionId };
    const options = await this.passkeys.options(asked, 'sudo', this.web.visitor(request));
    this.web.answer(reply, 200, options);
  }

  @Post('sudo/passkey')
  async sudo(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    const person = await this.personOr(request, reply);
    if (person === null) return;
    const passkey = this.answerIn(request);
    const outcome =
      passkey === null ? 'wrong' : await this.proof.again(person, { passkey }, web.visitor(request));
    if (outcome === 'ok') web.answer(reply, 200, { next: nextPath(web.field(request, 'next')) });
    else this.refuse(reply, outcome);
  }

  private answerIn(request: FastifyRequest): AssertionAnswer | null {
    return assertionAnswer.safeParse(this.web.value(request, 'answer')).data ?? null;
  }

  private refuse(reply: FastifyReply, outcome: Exclude<ProofOutcome, 'ok'> | 'wrong-password'): void {
    const refused =
      outcome === 'cloned'
        ? 'This passkey was used elsewhere since, as only a copy could be. It is refused; you have been mailed.'
        : 'This passkey was not taken. Try again, or use a code.';
    this.web.answer(reply, 403, { refused }, 'account.passkey-refused');
  }

  private async personOr(request: FastifyRequest, reply: FastifyReply): Promise<Person | null> {
    this.web.requireOwnForm(request);
    return this.web.personOr(request, reply, '/account/');
  }

  private async halfOr(request: FastifyRequest, reply: FastifyReply): Promise<HalfSession | null> {
    this.web.requireOwnForm(request);
    const cookie = this.web.halfCookie(request);
    const half = cookie === null ? null : await this.halfSessions.find(this.sql, cookie);
    if (half === null) this.web.redirect(reply, '/account/login/');
    return half;
  }
}
