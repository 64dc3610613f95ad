import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Sql } from '@rind/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toString as drawQr } from 'qrcode';
import { DATABASE } from '../database.ts';
import { KnownDevices } from '../devices/known-devices.ts';
import { FactorProof } from '../second-factor/factor-proof.ts';
import { HalfSessions } from '../second-factor/half-sessions.ts';
import type { HalfSession } from '../second-factor/half-sessions.ts';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { totpUri } from '../second-factor/totp.ts';
import type { Person } from '../sessions/sessions.ts';
import {
  codeText,
  codesContent,
  enrolContent,
  factorsContent,
  makeCodesContent,
  proveContent,
  removeContent,
  secondStepContent,
} from './factor-pages.ts';
import { nextPath } from './next-path.ts';
import { passkeyScript } from './passkey-script.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const refusedCode = 'account.code-refused';
const wrongPassword = 'This is not your password.';

/** Second factors: what one has, setting one up, and the second step of signing in. */
@Controller('account')
@UseFilters(WebProblems)
export class FactorsController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(HalfSessions) private readonly halfSessions: HalfSessions,
    @Inject(SecondFactor) private readonly factor: SecondFactor,
    @Inject(FactorProof) private readonly proof: FactorProof,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
  ) {}

  @Get('second-factor')
  async secondStepForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = nextPath(this.web.parameter(request, 'next'));
    const half = await this.half(request);
    if (half !== null && half.waiting !== null) this.web.redirect(reply, '/account/confirm-device/');
    else await this.sendSecondStep(reply, half, next, null);
  }

  @Post('second-factor')
  async secondStep(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const next = nextPath(web.field(request, 'next'));
    const half = await this.half(request);
    if (half === null) {
      web.redirect(reply, `/account/login/?next=${encodeURIComponent(next)}`);
      return;
    }
    const given = { code: web.field(request, 'code') };
    const outcome =
      half.waiting !== null ? 'mailed' : await this.proof.signIn(half, given, web.arrival(request), next);
    if (outcome === 'mailed') web.halfSigned(reply, web.halfCookie(request)!, '/account/confirm-device/');
    else if (typeof outcome === 'object' && 'cookie' in outcome) web.signed(reply, outcome, next);
    else await this.sendSecondStep(reply, half, next, codeText(outcome));
  }

  @Get('factors')
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, '/account/factors/');
    if (person === null) return;
    const state = await this.factor.state(person.accountId);
    this.web.send(reply, 200, 'Second factor', factorsContent(state), { person });
  }

  @Get('recovery-codes')
  async makeForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.sudoOr(request, reply, '/account/recovery-codes/');
    if (person !== null) this.web.send(reply, 200, 'Recovery codes', makeCodesContent(null), { person });
  }

  @Post('recovery-codes')
  async make(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, '/account/recovery-codes/');
    if (person === null) return;
    const codes = await this.factor.makeCodes(person, web.field(request, 'password'), web.visitor(request));
    if (codes !== null) web.send(reply, 200, 'Your recovery codes', codesContent(codes), { person });
    else {
      const code = 'account.sign-in-refused';
      web.send(reply, 403, 'Recovery codes', makeCodesContent(wrongPassword), { person, code });
    }
  }

  @Get('recovery-codes/prove')
  async proveForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, '/account/recovery-codes/prove/');
    if (person !== null) this.web.send(reply, 200, 'Recovery codes', proveContent(null), { person });
  }

  @Post('recovery-codes/prove')
  async prove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.personOr(request, reply, '/account/recovery-codes/prove/');
    if (person === null) return;
    if (await this.factor.proveCode(person, web.field(request, 'code'), web.visitor(request))) {
      web.redirect(reply, '/account/factors/');
      return;
    }
    const content = proveContent('This is none of your codes, or was used before.');
    web.send(reply, 403, 'Recovery codes', content, { person, code: refusedCode });
  }

  @Get('totp')
  async enrolForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.sudoOr(request, reply, '/account/totp/');
    if (person === null) return;
    const { totp, proven, emailVerified } = await this.factor.state(person.accountId);
    if (totp || !proven || !emailVerified) this.web.redirect(reply, '/account/factors/');
    else await this.sendOffer(reply, person, this.factor.offerTotp(person), null);
  }

  @Post('totp')
  async enrol(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web, factor } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, '/account/totp/');
    if (person === null) return;
    const sealed = web.field(request, 'offer');
    const outcome = await factor.enrolTotp(person, sealed, web.field(request, 'code'), web.visitor(request));
    if (outcome === 'ok') web.remember(reply, await this.devices.remember(person, web.arrival(request)));
    const secret = factor.offeredSecret(person, sealed);
    if (outcome === 'ok' || outcome === 'already' || outcome === 'not-allowed' || outcome === 'stale')
      web.redirect(reply, outcome === 'stale' ? '/account/totp/' : '/account/factors/');
    else if (secret !== null) await this.sendOffer(reply, person, { secret, sealed }, codeText(outcome));
  }

  @Get('totp/remove')
  async removeForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.sudoOr(request, reply, '/account/totp/remove/');
    if (person === null) return;
    const content = removeContent(await this.isLast(person), null, null);
    this.web.send(reply, 200, 'Remove the app', content, { person });
  }

  @Post('totp/remove')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, '/account/totp/remove/');
    if (person === null) return;
    const outcome = await this.factor.removeTotp(
      person,
      web.field(request, 'password'),
      web.field(request, 'code'),
      web.visitor(request),
    );
    if (outcome === 'removed') {
      web.redirect(reply, '/account/factors/');
      return;
    }
    const wrong = outcome === 'wrong-password';
    const last = await this.isLast(person);
    const content = removeContent(last, wrong ? wrongPassword : null, wrong ? null : codeText('wrong'));
    const code = wrong ? 'account.sign-in-refused' : refusedCode;
    web.send(reply, 403, 'Remove the app', content, { person, code });
  }

  private async half(request: FastifyRequest): Promise<HalfSession | null> {
    const cookie = this.web.halfCookie(request);
    return cookie === null ? null : this.halfSessions.find(this.sql, cookie);
  }

  private async sendSecondStep(
    reply: FastifyReply,
    half: HalfSession | null,
    next: string,
    refused: string | null,
  ): Promise<void> {
    const enrolled =
      half === null ? { totp: true, passkeys: false } : await this.factor.enrolled(half.accountId);
    const content = secondStepContent(next, enrolled, refused);
    this.web.send(reply, refused === null ? 200 : 403, 'Second factor', content, {
      ...(refused === null ? {} : { code: refusedCode }),
      ...(enrolled.passkeys ? { script: passkeyScript } : {}),
    });
  }

  private async isLast({ accountId }: Person): Promise<boolean> {
    return (await this.factor.state(accountId)).passkeys.length === 0;
  }

  private async sendOffer(
    reply: FastifyReply,
    person: Person,
    { secret, sealed }: { readonly secret: string; readonly sealed: string },
    refused: string | null,
  ): Promise<void> {
    const uri = totpUri(secret, 'Rind', person.username);
    const picture = await drawQr(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    const content = enrolContent({ secret, sealed, picture }, refused);
    const status = refused === null ? 200 : 403;
    const said = refused === null ? { person } : { person, code: refusedCode };
    this.web.send(reply, status, 'Set up an authenticator app', content, said);
  }
}
