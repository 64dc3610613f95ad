import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignIn } from '../accounts/sign-in.ts';
import { SignUp } from '../accounts/sign-up.ts';
import { nextPath } from './next-path.ts';
import { signInContent, signUpContent, signedUpContent } from './pages.ts';
import { strengthScript } from './strength-script.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

/** For people who are not signed in, until they are. */
@Controller()
@UseFilters(WebProblems)
export class SignInController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(SignUp) private readonly signUp: SignUp,
  ) {}

  @Get()
  home(@Res() reply: FastifyReply): void {
    this.web.redirect(reply, '/account/');
  }

  @Get('account/register')
  registerForm(@Res() reply: FastifyReply): void {
    this.web.send(reply, 200, 'Create an account', signUpContent({}, {}), { script: strengthScript });
  }

  @Post('account/register')
  async register(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const form = {
      username: web.field(request, 'username').trim(),
      email: web.field(request, 'email').trim(),
      password: web.field(request, 'password'),
    };
    const refusals = await this.signUp.perform(form, web.visitor(request));
    if (Object.keys(refusals).length === 0) {
      web.send(reply, 200, 'Read your mail', signedUpContent(form.email));
      return;
    }
    const code = 'account.form-refused';
    web.send(reply, 400, 'Create an account', signUpContent(form, refusals), {
      code,
      script: strengthScript,
    });
  }

  @Get('account/login')
  async loginForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    const next = nextPath(web.parameter(request, 'next'));
    if ((await web.person(request)) !== null) web.redirect(reply, next);
    else web.send(reply, 200, 'Sign in', signInContent('', next, null));
  }

  @Post('account/login')
  async login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const form = {
      username: web.field(request, 'username').trim(),
      password: web.field(request, 'password'),
    };
    const next = nextPath(web.field(request, 'next'));
    const before = await web.person(request);
    const outcome = await this.signIn.perform(form, web.arrival(request));
    if (outcome === null) {
      const refused = 'The user name or the password is not right.';
      const code = 'account.sign-in-refused';
      web.send(reply, 403, 'Sign in', signInContent(form.username, next, refused), { code });
      return;
    }
    if (before !== null) await this.signIn.signOut(before);
    if ('cookie' in outcome) web.signed(reply, outcome, next);
    else
      web.halfSigned(reply, outcome.halfCookie, `/account/second-factor/?next=${encodeURIComponent(next)}`);
  }
}
