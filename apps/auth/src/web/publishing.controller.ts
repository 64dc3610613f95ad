import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { ProjectName } from '@rind/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../config.ts';
import { AuthError } from '../errors.ts';
import type { Person } from '../sessions/sessions.ts';
import { PublisherChanges } from '../trusted-publishing/publisher-changes.ts';
import { readPublisherForm } from '../trusted-publishing/publisher-form.ts';
import { addContent, publishersContent } from './publishing-pages.ts';
import type { SentPublisher } from './publishing-pages.ts';
import { emptyForm, isUuid, issuerAt, projectNamed, sentForm } from './publishing-request.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const refusedCode = 'publisher.form-refused';
const outcomes = {
  exists: 'The project trusts this publisher already.',
  'too many': 'The project trusts 50 publishers; remove one first.',
} as const;

/** For owners of a project: which workflows it trusts. */
@Controller('manage/project/:name/publishing')
@UseFilters(WebProblems)
export class PublishingController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(PublisherChanges) private readonly changes: PublisherChanges,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<void> {
    const project = projectOf(name);
    const person = await this.web.sudoOr(request, reply, pathOf(project));
    if (person === null) return;
    const publishers = await this.changes.list(person, project);
    const content = publishersContent(project, publishers, this.config.oidc.issuers);
    this.web.send(reply, 200, `Trusted publishers of ${project}`, content, { person });
  }

  @Get('add/:issuer')
  async addForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
    @Param('issuer') place: string,
  ): Promise<void> {
    const project = projectOf(name);
    const person = await this.web.sudoOr(request, reply, pathOf(project, place));
    if (person === null) return;
    // Looked up for its refusals: nobody fills in a form that cannot be taken from them.
    await this.changes.list(person, project);
    this.sendForm(reply, { project, place, person }, 200, emptyForm);
  }

  @Post('add/:issuer')
  async add(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
    @Param('issuer') place: string,
  ): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const project = projectOf(name);
    const person = await web.sudoOr(request, reply, pathOf(project, place));
    if (person === null) return;
    const issuer = issuerAt(this.config.oidc.issuers, place);
    const form = sentForm(web, request);
    if (issuer === null || issuer.url !== web.field(request, 'issuer')) {
      web.redirect(reply, pathOf(project));
      return;
    }
    const read = readPublisherForm(form, issuer);
    const outcome = 'typed' in read ? await this.changes.add(person, project, issuer, read.typed) : null;
    if (outcome === 'added') {
      web.redirect(reply, pathOf(project));
      return;
    }
    const sent = {
      form,
      refused: 'refused' in read ? read.refused : {},
      refusedAll: outcome === null ? null : outcomes[outcome],
    };
    this.sendForm(reply, { project, place, person }, 400, sent);
  }

  @Post('remove')
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const project = projectOf(name);
    const person = await web.sudoOr(request, reply, pathOf(project));
    if (person === null) return;
    const id = web.field(request, 'publisher');
    if (isUuid(id)) await this.changes.remove(person, project, id);
    web.redirect(reply, pathOf(project));
  }

  private sendForm(
    reply: FastifyReply,
    { project, place, person }: { project: ProjectName; place: string; person: Person },
    status: 200 | 400,
    sent: SentPublisher,
  ): void {
    const issuer = issuerAt(this.config.oidc.issuers, place);
    if (issuer === null) {
      this.web.redirect(reply, pathOf(project));
      return;
    }
    const title = `A trusted publisher for ${project}`;
    const content = addContent(title, pathOf(project, place), issuer, sent, null);
    this.web.send(reply, status, title, content, {
      person,
      ...(status === 200 ? {} : { code: refusedCode }),
    });
  }
}

function pathOf(project: ProjectName, place?: string): string {
  return `/manage/project/${project}/publishing/${place === undefined ? '' : `add/${place}/`}`;
}

/** A name that nothing can have is nobody's project. */
function projectOf(name: string): ProjectName {
  const project = projectNamed(name);
  if (project === null) throw new AuthError('authorization.not-a-maintainer', 'there is no such project', {});
  return project;
}
