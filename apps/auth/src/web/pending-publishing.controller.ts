import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../config.ts';
import type { Person } from '../sessions/sessions.ts';
import { PublisherChanges } from '../trusted-publishing/publisher-changes.ts';
import { readPublisherForm } from '../trusted-publishing/publisher-form.ts';
import { addContent, pendingContent } from './publishing-pages.ts';
import type { SentProject, SentPublisher } from './publishing-pages.ts';
import { emptyForm, isUuid, issuerAt, projectNamed, sentForm } from './publishing-request.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const home = '/account/publishing/';
const title = 'A publisher for a new project';
const refusedCode = 'publisher.form-refused';
const nameOutcomes = {
  'name taken': 'There is a project of this name. If it is yours, add the publisher to it.',
  'name prohibited': 'This name belongs to the standard library of Python.',
} as const;
const outcomes = {
  exists: 'You have this one already.',
  'too many': 'You have three pending publishers; use or remove one first.',
} as const;

/** For everybody who is signed in: workflows that are to make projects. */
@Controller('account/publishing')
@UseFilters(WebProblems)
export class PendingPublishingController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(PublisherChanges) private readonly changes: PublisherChanges,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.sudoOr(request, reply, home);
    if (person === null) return;
    const content = pendingContent(await this.changes.listPending(person), this.config.oidc.issuers);
    this.web.send(reply, 200, 'Pending publishers', content, { person });
  }

  @Get('add/:issuer')
  async addForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') place: string,
  ): Promise<void> {
    const person = await this.web.sudoOr(request, reply, `${home}add/${place}/`);
    if (person !== null) this.sendForm(reply, person, place, 200, emptyForm, { value: '', refused: null });
  }

  @Post('add/:issuer')
  async add(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') place: string,
  ): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, `${home}add/${place}/`);
    if (person === null) return;
    const issuer = issuerAt(this.config.oidc.issuers, place);
    if (issuer === null || issuer.url !== web.field(request, 'issuer')) {
      web.redirect(reply, home);
      return;
    }
    const form = sentForm(web, request);
    const name = web.field(request, 'project').trim();
    const project = projectNamed(name);
    const read = readPublisherForm(form, issuer);
    const good = 'typed' in read && project !== null;
    const outcome = good ? await this.changes.addPending(person, project, issuer, read.typed) : null;
    if (outcome === 'added') {
      web.redirect(reply, home);
      return;
    }
    const ofName = outcome === 'name taken' || outcome === 'name prohibited';
    const refusedName =
      project === null ? 'This is no name of a project.' : ofName ? nameOutcomes[outcome] : null;
    const sent = {
      form,
      refused: 'refused' in read ? read.refused : {},
      refusedAll: outcome === null || ofName ? null : outcomes[outcome],
    };
    this.sendForm(reply, person, place, 400, sent, { value: name, refused: refusedName });
  }

  @Post('remove')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const person = await web.sudoOr(request, reply, home);
    if (person === null) return;
    const id = web.field(request, 'publisher');
    if (isUuid(id)) await this.changes.removePending(person, id);
    web.redirect(reply, home);
  }

  private sendForm(
    reply: FastifyReply,
    person: Person,
    place: string,
    status: 200 | 400,
    sent: SentPublisher,
    project: SentProject,
  ): void {
    const issuer = issuerAt(this.config.oidc.issuers, place);
    if (issuer === null) {
      this.web.redirect(reply, home);
      return;
    }
    const content = addContent(title, `${home}add/${place}/`, issuer, sent, project);
    this.web.send(reply, status, title, content, {
      person,
      ...(status === 200 ? {} : { code: refusedCode }),
    });
  }
}
