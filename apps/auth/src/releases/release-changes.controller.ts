import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebProblems } from '../web/web-problems.ts';
import { Web } from '../web/web-request.ts';
import { changePath, subjectOf } from './addresses.ts';
import type { Parameters } from './addresses.ts';
import { backOf, confirmContent, confirmTitle } from './confirm-page.ts';
import { ReleaseChanges } from './release-changes.ts';
import type { ConfirmationRefusal } from './release-changes.ts';

const routes = ['release/:version/:verb', 'file/:filename/:verb', 'status/:verb'];

const refusals: Readonly<Record<ConfirmationRefusal, { readonly status: number; readonly code: string }>> = {
  changed: { status: 409, code: 'release.changed' },
  name: { status: 400, code: 'release.name-mismatch' },
  reason: { status: 400, code: 'release.reason-invalid' },
};

/** Where changes of releases are confirmed. */
@Controller('manage/project/:project')
@UseFilters(WebProblems)
export class ReleaseChangesController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(ReleaseChanges) private readonly changes: ReleaseChanges,
  ) {}

  @Get(routes)
  async show(
    @Param() parameters: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const subject = subjectOf(parameters);
    const person = await this.web.sudoOr(request, reply, changePath(subject));
    if (person === null) return;
    const plan = await this.changes.plan(person, subject);
    if (plan.done) this.web.redirect(reply, backOf(plan));
    else {
      const content = confirmContent(plan, { reason: '', typedName: '' }, null);
      this.web.send(reply, 200, confirmTitle(plan), content, { person });
    }
  }

  @Post(routes)
  async confirm(
    @Param() parameters: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { web } = this;
    web.requireOwnForm(request);
    const subject = subjectOf(parameters);
    const person = await web.sudoOr(request, reply, changePath(subject));
    if (person === null) return;
    // Whatever fits into a form: a reason that is too long is refused, not forgotten.
    const reason = web.field(request, 'reason', Infinity);
    const typed = { reason, typedName: web.field(request, 'name') };
    const confirmation = { ...typed, shown: web.field(request, 'shown') };
    const outcome = await this.changes.confirm(person, subject, confirmation, web.visitor(request));
    if (outcome.kind === 'done') web.redirect(reply, backOf(outcome.plan));
    else {
      const { status, code } = refusals[outcome.because];
      const content = confirmContent(outcome.plan, typed, outcome.because);
      web.send(reply, status, confirmTitle(outcome.plan), content, { person, code });
    }
  }
}
