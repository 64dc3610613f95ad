import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownDevices } from '../devices/known-devices.ts';
import { registrationAnswer } from '../second-factor/passkey-answer.ts';
import { mostPasskeys } from '../second-factor/passkey-factor.ts';
import { Passkeys } from '../second-factor/passkeys.ts';
import type { AddRefusal } from '../second-factor/passkeys.ts';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { addPasskeyContent, removePasskeyContent } from './passkey-pages.ts';
import { passkeyScript } from './passkey-script.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const texts: Readonly<Record<Exclude<AddRefusal, 'not-allowed'>, string>> = {
  wrong: 'This passkey was not taken. Try again.',
  exists: 'This passkey is in use already.',
  full: `You have ${mostPasskeys} passkeys. Remove one first.`,
  'name-taken': 'You have a passkey of this name. Choose another name.',
  'name-invalid': 'Give it a name of 1 to 64 characters.',
};

/** Adding and removing passkeys, and the script that both pages of passkeys run. */
@Controller('account')
@UseFilters(WebProblems)
export class PasskeysController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(Passkeys) private readonly passkeys: Passkeys,
    @Inject(SecondFactor) private readonly factor: SecondFactor,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
  ) {}

  @Get(passkeyScript.path.replace('/account/', ''))
  script(@Res() reply: FastifyReply): void {
    this.web.sendScript(reply, passkeyScript);
  }

  @Get('passkeys')
  async addForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.sudoOr(request, reply, '/account/passkeys/');
    if (person === null) return;
    const { proven, emailVerified } = await this.factor.state(person.accountId);
    if (!proven || !emailVerified) this.web.redirect(reply, '/account/factors/');
    else this.web.send(reply, 200, 'Add a passkey', addPasskeyContent(), { person, script: passkeyScript });
  }

  @Post('passkeys/options')
  async addOptions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, '/account/passkeys/');
    if (person === null) return;
    const name = web.field(request, 'name');
    const options = await this.passkeys.addOptions(person, name, web.visitor(request));
    if (typeof options === 'string') this.refuse(reply, options);
    else web.answer(reply, 200, options);
  }

  @Post('passkeys')
  async add(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, '/account/passkeys/');
    if (person === null) return;
    const { data: answer } = registrationAnswer.safeParse(web.value(request, 'answer'));
    const name = web.field(request, 'name');
    const outcome =
      answer === undefined ? 'wrong' : await this.passkeys.add(person, name, answer, web.visitor(request));
    if (outcome !== 'ok') {
      this.refuse(reply, outcome);
      return;
    }
    web.remember(reply, await this.devices.remember(person, web.arrival(request)));
    web.answer(reply, 200, { next: '/account/factors/' });
  }

  @Get('passkeys/:id/remove')
  async removeForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const person = await this.web.sudoOr(request, reply, `/account/passkeys/${id}/remove/`);
    if (person === null) return;
    const { totp, passkeys } = await this.factor.state(person.accountId);
    const passkey = passkeys.find((each) => each.id === id);
    if (passkey === undefined) {
      this.web.redirect(reply, '/account/factors/');
      return;
    }
    const content = removePasskeyContent(passkey, !totp && passkeys.length === 1);
    this.web.send(reply, 200, 'Remove a passkey', content, { person });
  }

  @Post('passkeys/:id/remove')
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, `/account/passkeys/${id}/remove/`);
    if (person === null) return;
    await this.passkeys.remove(person, id, web.visitor(request));
    web.redirect(reply, '/account/factors/');
  }

  private refuse(reply: FastifyReply, outcome: AddRefusal): void {
    if (outcome === 'not-allowed') {
      this.web.redirect(reply, '/account/factors/');
      return;
    }
    const named = outcome === 'name-taken' || outcome === 'name-invalid';
    const code = named ? 'account.form-refused' : 'account.passkey-refused';
    this.web.answer(reply, named ? 400 : 403, { refused: texts[outcome] }, code);
  }
}
