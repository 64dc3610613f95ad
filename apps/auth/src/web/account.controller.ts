import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Sql } from '@rind/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Emails } from '../accounts/emails.ts';
import { SignIn } from '../accounts/sign-in.ts';
import { SignUp } from '../accounts/sign-up.ts';
import { accountLog } from '../audit/account-log.ts';
import { DATABASE } from '../database.ts';
import { Sessions } from '../sessions/sessions.ts';
import { accountContent, logContent } from './account-pages.ts';
import { messageContent, verifyContent } from './pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const back = { href: '/account/', text: 'To your account' };

/** For people who are signed in; everybody else is shown the way. */
@Controller('account')
@UseFilters(WebProblems)
export class AccountController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Emails) private readonly emails: Emails,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(SignUp) private readonly signUp: SignUp,
  ) {}

  @Get()
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, '/account/');
    if (person === null) return;
    const [email, sessions] = await Promise.all([
      this.emails.ofAccount(this.sql, person.accountId),
      this.sessions.list(person),
    ]);
    this.web.send(reply, 200, 'Your account', accountContent(person, email, sessions), { person });
  }

  @Get('log')
  async log(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, '/account/log/');
    if (person === null) return;
    const entries = await accountLog(this.sql, person.accountId);
    this.web.send(reply, 200, 'What happened to your account', logContent(entries), { person });
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.web.requireOwnForm(request);
    const person = await this.web.person(request);
    if (person !== null) await this.signIn.signOut(person);
    this.web.signed(reply, null, '/account/login/');
  }

  @Post('logout-elsewhere')
  async logoutElsewhere(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.web.requireOwnForm(request);
    const person = await this.web.personOr(request, reply, '/account/');
    if (person === null) return;
    await this.signIn.signOutElsewhere(person);
    this.web.redirect(reply, '/account/');
  }

  @Get('verify-email')
  async verifyForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = this.web.parameter(request, 'token');
    const person = await this.web.personOr(request, reply, `/account/verify-email/?token=${token}`);
    if (person === null) return;
    const content = verifyContent(token, person.username);
    this.web.send(reply, 200, 'Confirm your address', content, { person });
  }

  @Post('verify-email')
  async verify(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await this.web.personOr(request, reply, '/account/');
    if (person === null) return;
    if (await this.signUp.verify(person, web.field(request, 'token'))) {
      const text = 'What happens to your account is mailed there.';
      web.send(reply, 200, 'Confirmed', messageContent('Your address is confirmed', text, back), { person });
      return;
    }
    const text = 'It was used already, is older than a day, or belongs to another account than yours.';
    const content = messageContent('This link is not good', text, back);
    web.send(reply, 400, 'This link is not good', content, { person, code: 'account.link-refused' });
  }

  @Post('verify-email/again')
  async sendAgain(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.web.requireOwnForm(request);
    const person = await this.web.personOr(request, reply, '/account/');
    if (person === null) return;
    await this.signUp.sendAgain(person, this.web.visitor(request));
    this.web.redirect(reply, '/account/');
  }
}
