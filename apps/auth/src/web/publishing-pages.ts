import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { Issuer, IssuerKind } from '../trusted-publishing/issuer-list.ts';
import type { PendingPublisher } from '../trusted-publishing/pending-publishers.ts';
import { describe } from '../trusted-publishing/publisher-claims.ts';
import type { PublisherForm, PublisherFormRefusals } from '../trusted-publishing/publisher-form.ts';
import type { Publisher } from '../trusted-publishing/publishers.ts';
import { button, field, refusedAll } from './form.ts';

/** A form that was sent, and what of it is not taken. */
export interface SentPublisher {
  readonly form: PublisherForm;
  readonly refused: PublisherFormRefusals;
  /** Why the whole is not taken. */
  readonly refusedAll: string | null;
}

/** Of pending publishers: which project it is to make. */
export interface SentProject {
  readonly value: string;
  readonly refused: string | null;
}

const kindNames: Readonly<Record<IssuerKind, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI/CD',
  generic: 'OpenID Connect',
};
const ownerTexts: Readonly<Record<IssuerKind, string>> = {
  github: 'owner',
  gitlab: 'namespace',
  generic: '',
};

export function publishersContent(
  project: string,
  publishers: readonly Publisher[],
  issuers: readonly Issuer[],
): Html {
  const base = `/manage/project/${project}/publishing/`;
  return html`<h1>Trusted publishers of ${project}</h1>
    <p>Their workflows upload to the project without a token that somebody has to keep.</p>
    ${
      publishers.length === 0
        ? html`<p>There are none.</p>`
        : html`<ul class="rows">
            ${publishers.map(
              ({ id, claims, issuer, ownerId }) =>
                html`<li>
                  <strong>${describe(claims)}</strong>
                  <p class="soft">${issuer}${boundText(claims.kind, ownerId)}</p>
                  <form class="inline" method="post" action="${base}remove/">
                    <input type="hidden" name="publisher" value="${id}" />
                    <button type="submit" aria-label="Remove ${describe(claims)}">Remove</button>
                  </form>
                </li>`,
            )}
          </ul>`
    }
    <h2>Trust another one</h2>
    ${issuerLinks(base, issuers)}`;
}

export function pendingContent(pending: readonly PendingPublisher[], issuers: readonly Issuer[]): Html {
  return html`<h1>Pending publishers</h1>
    <p>
      For projects that do not exist yet: the first upload of the workflow makes the project, and you own it.
      A pending publisher lives for 30 days and keeps no name: whoever makes the project first has it.
    </p>
    ${
      pending.length === 0
        ? html`<p>You have none.</p>`
        : html`<ul class="rows">
            ${pending.map(
              ({ id, project, claims, issuer, expiresAt }) =>
                html`<li>
                  <strong>${project}</strong>: ${describe(claims)}
                  <p class="soft">${issuer}, until ${expiresAt.toISOString().slice(0, 10)}</p>
                  <form class="inline" method="post" action="/account/publishing/remove/">
                    <input type="hidden" name="publisher" value="${id}" />
                    <button type="submit" aria-label="Remove the one for ${project}">Remove</button>
                  </form>
                </li>`,
            )}
          </ul>`
    }
    <h2>Add one</h2>
    ${issuerLinks('/account/publishing/', issuers)}`;
}

/** @param at where the form is, and is sent to. @param project null where the project is in the address */
export function addContent(
  title: string,
  at: string,
  issuer: Issuer,
  sent: SentPublisher,
  project: SentProject | null,
): Html {
  return html`<h1>${title}</h1>
    <p>${kindNames[issuer.kind]}, ${issuer.url}</p>
    ${sent.refusedAll === null ? html`` : refusedAll(sent.refusedAll)}
    <form method="post" action="${at}">
      <input type="hidden" name="issuer" value="${issuer.url}" />
      ${
        project === null
          ? html``
          : field({
              ...{
                name: 'project',
                label: 'Project',
                type: 'text',
                autocomplete: 'off',
                value: project.value,
              },
              ...(project.refused === null ? {} : { refused: project.refused }),
            })
      }
      ${issuer.kind === 'generic' ? genericFields(sent) : repositoryFields(issuer.kind, sent)}
      ${button('Trust it')}
    </form>`;
}

function repositoryFields(kind: 'github' | 'gitlab', sent: SentPublisher): Html {
  const github = kind === 'github';
  return html`${textField(sent, 'repository', {
    label: github ? 'Repository' : 'Project there',
    hint: github ? 'owner/name' : 'namespace/project',
  })}
  ${textField(sent, 'file', {
    label: github ? 'Workflow file' : 'CI/CD file',
    hint: github
      ? 'Its name in .github/workflows/, such as release.yml.'
      : 'Its path, such as .gitlab-ci.yml.',
  })}
  ${textField(sent, 'environment', {
    label: 'Environment',
    hint: 'Only jobs of this environment; recommended. Empty: any job of the workflow.',
    optional: true,
  })}
  ${textField(sent, 'ownerId', {
    label: github ? 'Number of the owner' : 'Number of the namespace',
    hint: `Guards against somebody who takes the name of the ${ownerTexts[kind]} over later. Empty: learnt at the first upload.`,
    optional: true,
  })}`;
}

function genericFields(sent: SentPublisher): Html {
  const refused = sent.refused.claims;
  return html`${textField(sent, 'subject', { label: 'Subject', hint: 'Exactly as “sub” has it.' })}
    <div class="field">
      <label for="claims">Further claims</label>
      <p class="hint" id="claims-hint">One name=value a line, exactly as the token has them. May be empty.</p>
      <textarea
        id="claims"
        name="claims"
        rows="4"
        maxlength="1000"
        aria-describedby="claims-hint${refused === undefined ? '' : ' claims-refused'}"
        ${refused === undefined ? html`` : html`aria-invalid="true"`}
      >
${sent.form.claims}</textarea>
      ${refused === undefined ? html`` : html`<p class="refused" id="claims-refused">${refused}</p>`}
    </div>`;
}

function textField(
  { form, refused }: SentPublisher,
  name: 'repository' | 'file' | 'environment' | 'ownerId' | 'subject',
  texts: { readonly label: string; readonly hint: string; readonly optional?: boolean },
): Html {
  const reason = refused[name];
  return field({
    ...{ name, type: 'text', autocomplete: 'off', value: form[name], ...texts },
    ...(reason === undefined ? {} : { refused: reason }),
  });
}

function issuerLinks(base: string, issuers: readonly Issuer[]): Html {
  if (issuers.length === 0)
    return html`<p>The operator of this index has not enabled trusted publishing.</p>`;
  return html`<ul>
    ${issuers.map(
      ({ kind, url }, i) =>
        html`<li><a href="${base}add/${String(i + 1)}/">${kindNames[kind]}, ${new URL(url).host}</a></li>`,
    )}
  </ul>`;
}

function boundText(kind: IssuerKind, ownerId: string | null): string {
  if (kind === 'generic') return '';
  const owner = ownerTexts[kind];
  return ownerId === null ? `, bound to the ${owner} of its first upload` : `, ${owner} number ${ownerId}`;
}
