import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { isProjectName } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProjectRole } from '../authorization/decide.ts';
import { AuthError } from '../errors.ts';
import { Joining } from '../projects/joining.ts';
import { Members } from '../projects/members.ts';
import type { Person } from '../sessions/sessions.ts';
import { membersContent } from './member-pages.ts';
import { WebProblems } from './web-problems.ts';
import { Web } from './web-request.ts';

const pathOf = (name: ProjectName): string => `/manage/project/${name}/members/`;

/** Members of a project, as its members see and its owners change them. */
@Controller('manage/project/:name/members')
@UseFilters(WebProblems)
export class MembersController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(Members) private readonly members: Members,
    @Inject(Joining) private readonly joining: Joining,
  ) {}

  @Get()
  async overview(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = nameOf(text);
    const person = await this.web.personOr(request, reply, pathOf(name));
    if (person !== null) await this.show(reply, person, name, { username: '', unfit: null });
  }

  @Post('invite')
  invite(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      const username = this.web.field(request, 'username').trim();
      try {
        await this.joining.invite(person, name, username, roleOf(this.web.field(request, 'role')));
      } catch (error) {
        if (!isRindError(error, 'member.unfit')) throw error;
        const { why } = error.details as { why: string };
        await this.show(reply, person, name, { username, unfit: why });
        return 'answered';
      }
      return 'done';
    });
  }

  @Post('cancel')
  cancel(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      await this.joining.cancel(person, name, this.web.field(request, 'id'));
      return 'done';
    });
  }

  @Post('role')
  role(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      const { web } = this;
      const role = roleOf(web.field(request, 'role'));
      await this.members.setRole(person, name, web.field(request, 'username'), role);
      return 'done';
    });
  }

  @Post('remove')
  remove(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      await this.members.remove(person, name, this.web.field(request, 'username'));
      return 'done';
    });
  }

  @Post('leave')
  leave(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      await this.members.leave(person, name);
      this.web.redirect(reply, '/account/');
      return 'answered';
    });
  }

  @Post('second-factor')
  secondFactor(
    @Param('name') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(text, request, reply, async (person, name) => {
      await this.members.requireFactor(person, name, this.web.field(request, 'required') === 'yes');
      return 'done';
    });
  }

  private async change(
    text: string,
    request: FastifyRequest,
    reply: FastifyReply,
    perform: (person: Person, name: ProjectName) => Promise<'done' | 'answered'>,
  ): Promise<void> {
    this.web.requireOwnForm(request);
    const name = nameOf(text);
    const person = await this.web.sudoOr(request, reply, pathOf(name));
    if (person === null) return;
    if ((await perform(person, name)) === 'done') this.web.redirect(reply, pathOf(name));
  }

  private async show(
    reply: FastifyReply,
    person: Person,
    name: ProjectName,
    sent: { readonly username: string; readonly unfit: string | null },
  ): Promise<void> {
    const view = await this.members.look(person, name);
    const said = sent.unfit === null ? { person } : { person, code: 'member.unfit' };
    const status = sent.unfit === null ? 200 : 400;
    this.web.send(reply, status, `Members of ${name}`, membersContent(name, person, view, sent), said);
  }
}

/** Only the normalised spelling is an address; every other is no project. */
function nameOf(text: string): ProjectName {
  if (!isProjectName(text)) throw new AuthError('project.unknown', 'there is no such project', {});
  return text;
}

function roleOf(text: string): ProjectRole {
  return text === 'owner' ? 'owner' : 'maintainer';
}
