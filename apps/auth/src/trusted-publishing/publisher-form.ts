import type { Issuer } from './issuer-list.ts';
import { actorOf, rightOf } from './publisher-claims.ts';
import type { PublisherClaims } from './publisher-claims.ts';

/** What was typed; everything is there, and may be empty. */
export interface PublisherForm {
  readonly repository: string;
  readonly file: string;
  readonly environment: string;
  /** GitHub's number of the owner, GitLab's of the namespace. */
  readonly ownerId: string;
  readonly subject: string;
  /** `name=value`, one a line. */
  readonly claims: string;
}

/** Fields that are not taken, and why. */
export type PublisherFormRefusals = Partial<Record<keyof PublisherForm, string>>;

export interface TypedPublisher {
  readonly claims: PublisherClaims;
  readonly ownerId: string | null;
}

const githubOwner = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/;
const githubRepository = /^[A-Za-z0-9._-]{1,100}$/;
const githubFile = /^[A-Za-z0-9._-]+\.ya?ml$/;
const gitlabPart = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;
const gitlabFile = /^(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+\.ya?ml$/;
const environmentShape = /^[ -~]{1,100}$/;
const number = /^[1-9][0-9]{0,18}$/;
const subjectShape = /^[!-~]{1,150}$/;
const claimShape = /^([A-Za-z0-9_.:/-]{1,100})=([ -~]{1,200})$/;
const reserved = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);
const maxClaims = 10;
/** Of the fields `actor` and `how` of a grant. */
const maxGrantLine = 200;

/** The publisher that a form describes, or what is wrong with it. */
export function readPublisherForm(
  form: PublisherForm,
  issuer: Issuer,
): { readonly typed: TypedPublisher } | { readonly refused: PublisherFormRefusals } {
  const refused: Record<string, string> = {};
  const claims =
    issuer.kind === 'github'
      ? githubOf(form, refused)
      : issuer.kind === 'gitlab'
        ? gitlabOf(form, refused)
        : genericOf(form, refused);
  const ownerId = issuer.kind === 'generic' || form.ownerId === '' ? null : form.ownerId;
  if (ownerId !== null && !number.test(ownerId)) refused['ownerId'] = 'This is no number.';
  if (Object.keys(refused).length > 0) return { refused };
  if (rightOf(claims, issuer.url).length > maxGrantLine || actorOf(claims).length > maxGrantLine) {
    const text = 'Together with the other fields this is too long for what is signed about an upload.';
    return { refused: issuer.kind === 'generic' ? { subject: text } : { repository: text } };
  }
  return { typed: { claims, ownerId } };
}

type Refused = Record<string, string>;

function githubOf({ repository, file, environment }: PublisherForm, refused: Refused): PublisherClaims {
  const [owner = '', name = '', ...more] = repository.split('/');
  const good =
    more.length === 0 &&
    owner.length <= 39 &&
    githubOwner.test(owner) &&
    githubRepository.test(name) &&
    !isDots(name);
  if (!good) refused['repository'] = 'Write owner/name, as in the address of the repository.';
  if (!githubFile.test(file))
    refused['file'] = 'The name of a file in .github/workflows/, ending with .yml or .yaml.';
  return { kind: 'github', repository, workflow: file, environment: environmentOf(environment, refused) };
}

function gitlabOf({ repository, file, environment }: PublisherForm, refused: Refused): PublisherClaims {
  const parts = repository.split('/');
  if (parts.length < 2 || parts.some((part) => !gitlabPart.test(part))) {
    refused['repository'] = 'Write namespace/project, as in the address of the project.';
  }
  if (!gitlabFile.test(file) || file.split('/').some(isDots)) {
    refused['file'] = 'The path of a file in the repository, ending with .yml or .yaml.';
  }
  return {
    kind: 'gitlab',
    project: repository,
    configFile: file,
    environment: environmentOf(environment, refused),
  };
}

function genericOf({ subject, claims }: PublisherForm, refused: Refused): PublisherClaims {
  if (!subjectShape.test(subject)) refused['subject'] = 'Up to 150 characters of ASCII without spaces.';
  const stated = new Map<string, string>();
  const lines = claims.split(/\r?\n/).filter((line) => line.trim() !== '');
  for (const line of lines) {
    const [, name, value] = claimShape.exec(line.trim()) ?? [];
    if (name === undefined || stated.has(name) || reserved.has(name)) {
      refused['claims'] =
        'One name=value a line, no name twice, and none of iss, sub, aud, exp, nbf, iat, jti.';
    } else stated.set(name, value!);
  }
  if (lines.length > maxClaims) refused['claims'] = `${maxClaims} at most.`;
  return { kind: 'generic', subject, claims: Object.fromEntries(stated) };
}

function environmentOf(environment: string, refused: Refused): string | null {
  if (environment === '') return null;
  if (!environmentShape.test(environment)) refused['environment'] = 'Up to 100 characters of ASCII.';
  return environment;
}

function isDots(name: string): boolean {
  return name === '.' || name === '..';
}
