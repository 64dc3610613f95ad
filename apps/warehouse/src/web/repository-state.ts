import type { StatusReport } from '../status/status-report.ts';
import { moment } from './dates.ts';
import { counted, humanBytes, humanDuration } from './human.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';

/** The verdict on the repository and its numbers. @param status null when the database does not answer */
export function repositoryState(status: StatusReport | null): Html {
  if (status === null) {
    return html`<div class="state bad" role="status">
      <p class="verdict"><strong>The database does not answer.</strong></p>
      <p>What was published can still be fetched and verified; uploads have to wait.</p>
    </div>`;
  }
  return html`${verdict(status)} ${status.timestamp === null ? html`` : numbers(status)}`;
}

function verdict(status: StatusReport): Html {
  if (status.healthy) {
    return html`<div class="state" role="status">
      <p class="verdict">All is well.</p>
      <p>
        What is published now stays valid for ${humanDuration(status.validForMs)}, and is signed anew long
        before.
      </p>
    </div>`;
  }
  const worst = status.problems.some(({ severity }) => severity === 'error') ? 'bad' : 'warn';
  const items = status.problems.map(
    (problem) =>
      html`<li>
        <strong>${problem.severity === 'error' ? 'Problem' : 'Warning'}:</strong> ${problem.message}
        <span class="soft">${problem.remedy}</span>
      </li>`,
  );
  return html`<div class="state ${worst}" role="status">
    <p class="verdict">Something needs attention.</p>
    <ul>
      ${items}
    </ul>
  </div>`;
}

function numbers(status: StatusReport): Html {
  const { bins, queue, lastPublication } = status;
  const facts: readonly (readonly [term: string, value: string | Html, more?: string | Html])[] = [
    ['Root of trust', ...role(status.root)],
    ['Timestamp', ...role(status.timestamp)],
    ['Snapshot', ...role(status.snapshot)],
    ['Signed lists', `${bins.count}`, `the largest ${humanBytes(bins.largestBytes)}`],
    ['Oldest list expires', bins.oldestExpires === null ? '–' : moment(bins.oldestExpires)],
    [
      'Waiting to be signed',
      queue.depth === 0
        ? 'nothing'
        : `${counted(queue.depth, 'request')}, the oldest for ${humanDuration(queue.oldestMs)}`,
    ],
    [
      'Last publication',
      ...(lastPublication === null ? (['none yet'] as const) : publication(lastPublication)),
    ],
    ['Signing now', status.lease.holder ?? 'nobody'],
  ];
  const items = facts.map(
    ([term, value, more]) =>
      html`<div>
        <dt>${term}</dt>
        <dd>${value}</dd>
        ${more === undefined ? html`` : html`<dd class="soft">${more}</dd>`}
      </div>`,
  );
  return html`<dl class="facts">${items}</dl>`;
}

function role(role: StatusReport['root']): readonly [string, Html?] {
  return role === null ? ['none'] : [`version ${role.version}`, html`until ${moment(role.expires)}`];
}

function publication(last: NonNullable<StatusReport['lastPublication']>): readonly [string, Html] {
  const files = counted(last.files, 'new file');
  const took = last.durationMs === null ? '' : ` in ${Math.round(last.durationMs)} ms`;
  const when = last.closedAt === null ? html`${last.state}` : moment(last.closedAt);
  return [`number ${last.id}`, html`${when}, ${files}${took}`];
}
