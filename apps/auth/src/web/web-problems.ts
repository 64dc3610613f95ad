import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { isRindError } from '@rind/kernel';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageContent } from './pages.ts';
import { Web } from './web-request.ts';

interface WebProblem {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly retryAfterSeconds?: number;
}

const back = { href: '/account/', text: 'To your account' };
const known: Readonly<Record<string, WebProblem>> = {
  'rate.exceeded': {
    ...{ status: 429, title: 'Too many tries' },
    ...{ text: 'Wait some minutes, then try again.', retryAfterSeconds: 300 },
  },
  'auth.busy': {
    ...{ status: 503, title: 'Too many people at once' },
    ...{ text: 'Try again in a moment.', retryAfterSeconds: 5 },
  },
  'request.cross-origin': {
    ...{ status: 403, title: 'This form came from another site' },
    ...{ text: 'Nothing was done. Open the page here and send it again.' },
  },
  'project.unknown': {
    ...{ status: 404, title: 'There is no such project' },
    ...{ text: 'Nobody has uploaded anything under this name.' },
  },
  'authorization.not-a-maintainer': {
    ...{ status: 403, title: 'This project is not yours' },
    ...{ text: 'You do not belong to it.' },
  },
  'authorization.not-an-owner': {
    ...{ status: 403, title: 'This takes an owner' },
    ...{ text: 'You are a maintainer of the project. Ask one of its owners.' },
  },
  'account.email-unverified': {
    ...{ status: 403, title: 'Confirm your address first' },
    ...{ text: 'Open the link that was mailed to you; your account page mails it again.' },
  },
  'account.second-factor-required': {
    ...{ status: 403, title: 'This takes a second factor' },
    ...{ text: 'Set one up on the page of your account, then try again.' },
  },
  'account.sudo-required': {
    ...{ status: 403, title: 'Show again that it is you' },
    ...{ text: 'Nothing was done. Open the page again and go on from there.' },
  },
  'member.unfit': {
    ...{ status: 400, title: 'Nobody of that name' },
    ...{ text: 'They do not belong to the project. Open its members again.' },
  },
  'member.last-owner': {
    ...{ status: 409, title: 'A project has at least one owner' },
    ...{ text: 'Make somebody else an owner first.' },
  },
  'invitation.ended': {
    ...{ status: 410, title: 'This invitation is not open any more' },
    ...{ text: 'It was answered, taken back, or is older than a week.' },
  },
  'account.disabled': {
    ...{ status: 403, title: 'Your account is closed' },
    ...{ text: 'Nothing was done.' },
  },
  'release.unknown': {
    ...{ status: 404, title: 'No such release or file' },
    ...{ text: 'The project has none of that name, as far as accounts know.' },
  },
  'release.unchangeable': {
    ...{ status: 409, title: 'There is nothing to change' },
    ...{ text: 'What is deleted cannot be yanked; what is there cannot be restored. Look at the release.' },
  },
  'database.unavailable': {
    ...{ status: 503, title: 'Not available at the moment' },
    ...{ text: 'Nothing was lost. Try again in a moment.', retryAfterSeconds: 5 },
  },
};
const unknown: WebProblem = { status: 500, title: 'Something went wrong here', text: 'It has been noted.' };

/** People are told in words what tools are told as problems. */
@Catch()
export class WebProblems implements ExceptionFilter {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const code = isRindError(error) && Object.hasOwn(known, error.code) ? error.code : 'internal';
    const { status, title, text, retryAfterSeconds } = known[code] ?? unknown;
    if (status >= 500) this.logger.error('request.failed', { requestId: request.id, code, error });
    if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
    this.web.send(reply, status, title, messageContent(title, text, back), { code });
  }
}
