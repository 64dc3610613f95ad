import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PasswordChange } from '../accounts/password-change.ts';
import { passwordTexts } from '../accounts/password-rules.ts';
import {
  changePasswordContent,
  forgotContent,
  forgottenContent,
  messageContent,
  resetContent,
} from './pages.ts';
import { strengthScript } from './strength-script.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const title = 'Choose a new password';
const signIn = { href: '/account/login/', text: 'Sign in' };

/** New passwords. */
@Controller('account')
@UseFilters(WebProblems)
export class PasswordController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(PasswordChange) private readonly change: PasswordChange,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('forgot')
  forgotForm(@Res() reply: FastifyReply): void {
    this.web.send(reply, 200, title, forgotContent());
  }

  /** Answers before anything is looked up: neither the text nor the time says whether there is such an account. */
  @Post('forgot')
  forgot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { web } = this;
    web.requireOwnForm(request);
    const account = web.field(request, 'account').trim();
    const visitor = web.visitor(request);
    web.send(reply, 200, 'Read your mail', forgottenContent());
    this.change.forgot(account, visitor).catch((error: unknown) => {
      this.logger.warn('password.forgot-failed', { requestId: request.id, error });
    });
  }

  @Get('reset')
  resetForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.web.send(reply, 200, title, resetContent(this.web.parameter(request, 'token'), null), {
      script: strengthScript,
    });
  }

  @Post('reset')
  async reset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const token = web.field(request, 'token');
    const outcome = await this.change.reset(token, web.field(request, 'password'), web.visitor(request));
    if (outcome === 'changed') {
      const text = 'Sign in with your new password.';
      web.send(reply, 200, 'Changed', messageContent('Your password was changed', text, signIn));
    } else if (outcome === 'bad-link') {
      const text = 'It was used already, is older than an hour, or was cut in two by your mail program.';
      const again = { href: '/account/forgot/', text: 'Have another one mailed' };
      const code = 'account.link-refused';
      web.send(reply, 400, title, messageContent('This link is not good', text, again), { code });
    } else {
      const code = 'account.form-refused';
      web.send(reply, 400, title, resetContent(token, passwordTexts[outcome]), {
        code,
        script: strengthScript,
      });
    }
  }

  @Get('password')
  async changeForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.person(request);
    if (person === null) this.web.redirect(reply, '/account/login/?next=/account/password/');
    else
      this.web.send(reply, 200, 'Change your password', changePasswordContent(null, null), {
        person,
        script: strengthScript,
      });
  }

  @Post('password')
  async changeIt(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.person(request);
    if (person === null) {
      web.redirect(reply, '/account/login/?next=/account/password/');
      return;
    }
    const outcome = await this.change.change(
      person,
      web.field(request, 'old'),
      web.field(request, 'password'),
      web.arrival(request),
    );
    if (outcome === 'changed') {
      const done = messageContent('Your password was changed', 'Everybody else was signed out.', {
        ...{ href: '/account/', text: 'To your account' },
      });
      web.send(reply, 200, 'Changed', done, { person });
      return;
    }
    const wrong = outcome === 'wrong-password';
    const content = changePasswordContent(
      wrong ? 'This is not your password.' : null,
      wrong ? null : passwordTexts[outcome],
    );
    const code = wrong ? 'account.sign-in-refused' : 'account.form-refused';
    web.send(reply, wrong ? 403 : 400, 'Change your password', content, {
      person,
      code,
      script: strengthScript,
    });
  }
}
