import type { StatusReport } from '../status/status-report.ts';
import { counted, humanBytes, humanDate, humanDuration } from './human.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The verdict on the repository and its numbers. @param status null when the database does not answer */
export function repositoryState(status: StatusReport | null): Html {
  if (status === null) {
    return html`<div class="state bad" role="status">
      <h3><strong>The database does not answer.</strong></h3>
      <p>What was published can still be fetched and verified; uploads have to wait.</p>
    </div>`;
  }
  return html`${verdict(status)} ${status.timestamp === null ? html`` : numbers(status)}`;
}

function verdict(status: StatusReport): Html {
  if (status.healthy) {
    return html`<div class="state" role="status">
      <h3>All is well.</h3>
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
    <h3>Something needs attention.</h3>
    <ul>
      ${items}
    </ul>
  </div>`;
}

function numbers(status: StatusReport): Html {
  const { bins, queue, lastPublication } = status;
  const facts: readonly (readonly [term: string, value: string])[] = [
    ['Root of trust', role(status.root)],
    ['Timestamp', role(status.timestamp)],
    ['Snapshot', role(status.snapshot)],
    ['Signed lists', `${bins.count}, the largest ${humanBytes(bins.largestBytes)}`],
    ['Oldest list expires', bins.oldestExpires === null ? '–' : humanDate(bins.oldestExpires)],
    [
      'Waiting to be signed',
      queue.depth === 0
        ? 'nothing'
        : `${counted(queue.depth, 'request')}, the oldest for ${humanDuration(queue.oldestMs)}`,
    ],
    ['Last publication', lastPublication === null ? 'none yet' : publication(lastPublication)],
    ['Signing now', status.lease.holder ?? 'nobody'],
  ];
  const items = facts.map(
    ([term, value]) =>
      html`<div>
        <dt>${term}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<dl class="facts">${items}</dl>`;
}

function role(role: StatusReport['root']): string {
  return role === null ? 'none' : `version ${role.version}, until ${humanDate(role.expires)}`;
}

function publication(last: NonNullable<StatusReport['lastPublication']>): string {
  const what = `number ${last.id}, ${counted(last.files, 'new file')}`;
  if (last.closedAt === null) return `${what}, ${last.state}`;
  return `${what}, ${humanDate(last.closedAt)}${last.durationMs === null ? '' : `, took ${Math.round(last.durationMs)} ms`}`;
}
