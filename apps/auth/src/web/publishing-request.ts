import type { FastifyRequest } from 'fastify';
import { parseProjectName } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { Issuer } from '../trusted-publishing/issuer-list.ts';
import type { PublisherForm } from '../trusted-publishing/publisher-form.ts';
import type { SentPublisher } from './publishing-pages.ts';
import type { Web } from './web-request.ts';

/** A form that nobody has filled in. */
export const emptyForm: SentPublisher = {
  form: { repository: '', file: '', environment: '', ownerId: '', subject: '', claims: '' },
  refused: {},
  refusedAll: null,
};

export function sentForm(web: Web, request: FastifyRequest): PublisherForm {
  const text = (name: keyof PublisherForm): string => web.field(request, name).trim();
  return {
    repository: text('repository'),
    file: text('file'),
    environment: text('environment'),
    ownerId: text('ownerId'),
    subject: text('subject'),
    claims: text('claims'),
  };
}

/** The issuer by its place in the operator's list, from 1; null where there is none. */
export function issuerAt(issuers: readonly Issuer[], place: string): Issuer | null {
  return /^[1-9][0-9]?$/.test(place) ? (issuers[Number(place) - 1] ?? null) : null;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

/** Null: no name of a project. */
export function projectNamed(text: string): ProjectName | null {
  try {
    return parseProjectName(text);
  } catch (error) {
    if (isRindError(error)) return null;
    throw error;
  }
}
