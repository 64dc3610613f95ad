import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { button, field, refusedAll } from '../web/form.ts';
import { changePath, projectPath, releasePath } from './addresses.ts';
import type { ChangePlan, ChangeSubject } from './change-plan.ts';
import { fileFacts, verbTexts } from './project-pages.ts';
import { maxReasonLength } from './release-changes.ts';
import type { ConfirmationRefusal } from './release-changes.ts';

/** What people should know before they do it. */
const meanings: Readonly<Record<ChangeSubject['verb'], string>> = {
  yank: 'Installers pass these files over, unless somebody asks for exactly this version. They can be unyanked.',
  unyank: 'Installers choose these files again.',
  delete:
    'Nobody can install these files any more. Their names are never free again: only these very files can come back, by being restored, and only as long as the index keeps their bytes.',
  restore: 'These files can be installed again, as they were.',
  archive: 'Everybody is told that nothing new is to be expected. Its files can still be installed.',
  unarchive: 'The project is active again.',
};

const refusalTexts: Readonly<Record<'changed', string>> = {
  changed: 'Something changed since this page was shown. Nothing was done. Look at it again.',
};

/** What was typed, when it comes back. */
export interface Typed {
  readonly reason: string;
  readonly typedName: string;
}

export function confirmTitle({ subject, version }: ChangePlan): string {
  const { project, verb } = subject;
  if (subject.of === 'file') return `${verbTexts[verb]} ${subject.filename}`;
  return version === null ? `${verbTexts[verb]} ${project}` : `${verbTexts[verb]} ${project} ${version}`;
}

/** Exactly what will happen, and the form that does it. */
export function confirmContent(plan: ChangePlan, typed: Typed, refusal: ConfirmationRefusal | null): Html {
  const { subject, files, untouched, digest } = plan;
  const { project, verb } = subject;
  const withReason = verb === 'yank';
  return html`<h1>${confirmTitle(plan)}</h1>
    ${refusal === 'changed' ? refusedAll(refusalTexts.changed) : html``}
    <p>${meanings[verb]}</p>
    ${files.length === 0 ? html`` : fileList(files, untouched)}
    <form method="post" action="${changePath(subject)}">
      <input type="hidden" name="shown" value="${digest}" />
      ${
        withReason
          ? field({
              name: 'reason',
              label: 'Reason',
              type: 'text',
              autocomplete: 'off',
              hint: `Shown to everybody who asks why; may be left empty. At most ${maxReasonLength} characters.`,
              value: typed.reason,
              optional: true,
              limit: maxReasonLength,
              ...(refusal === 'reason'
                ? { refused: `One line of at most ${maxReasonLength} characters that can be printed.` }
                : {}),
            })
          : html``
      }
      ${
        verb === 'delete'
          ? field({
              name: 'name',
              label: 'Name of the project',
              type: 'text',
              autocomplete: 'off',
              hint: `Type ${project} to confirm.`,
              value: typed.typedName,
              ...(refusal === 'name' ? { refused: `This is not the name: it is ${project}.` } : {}),
            })
          : html``
      }
      ${button(verbTexts[verb])}
    </form>
    <p><a href="${backOf(plan)}">Leave everything as it is</a></p>`;
}

function fileList(files: ChangePlan['files'], untouched: number): Html {
  return html`<h2 id="files">${files.length === 1 ? 'This file' : `These ${files.length} files`}</h2>
    <ul class="rows">
      ${files.map((file) => html`<li><strong>${file.filename}</strong> ${fileFacts(file)}</li>`)}
    </ul>
    ${
      untouched === 0
        ? html``
        : html`<p>
            ${untouched === 1 ? '1 other file' : `${untouched} other files`} of the release stay as they are.
          </p>`
    }`;
}

/** Where the change is looked at: the release, or the project. */
export function backOf({ subject: { project }, version }: ChangePlan): string {
  return version === null ? projectPath(project) : releasePath(project, version);
}
