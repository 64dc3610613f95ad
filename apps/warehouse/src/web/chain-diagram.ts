import type { StatusReport } from '../status/status-report.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly signer: 'people, offline' | 'this index' | null;
  readonly version: number | null;
}

const width = 160;
const height = 54;
const [left, middle, right] = [4, 100, 196];

/** Which role vouches for which, from the root of trust to a file; drawn to be read on a phone too. */
export function chainDiagram(status: StatusReport | null): Html {
  const version = (name: 'root' | 'timestamp' | 'snapshot' | 'targets'): number | null =>
    status?.[name]?.version ?? null;
  const boxes: readonly Box[] = [
    { x: middle, y: 6, name: 'root', signer: 'people, offline', version: version('root') },
    { x: left, y: 106, name: 'timestamp', signer: 'this index', version: version('timestamp') },
    { x: left, y: 206, name: 'snapshot', signer: 'this index', version: version('snapshot') },
    { x: right, y: 106, name: 'targets', signer: 'people, offline', version: version('targets') },
    { x: right, y: 206, name: 'bins', signer: 'people, offline', version: null },
    { x: right, y: 306, name: 'bin-…', signer: 'this index', version: null },
    { x: right, y: 406, name: 'file or page', signer: null, version: null },
  ];
  return html`<figure class="chain">
    <svg viewBox="0 0 360 466" role="img" aria-labelledby="chain-title chain-text">
      <title id="chain-title">The chain of signatures</title>
      <desc id="chain-text">
        The root names the keys of timestamp, snapshot and targets. The timestamp names the snapshot, the
        snapshot the versions of targets, bins and every bin. Targets delegates to bins, bins to each bin, and
        a bin lists files and pages by their hash.
      </desc>
      <defs>
        <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 L8 4 L0 8 Z" />
        </marker>
      </defs>
      <g class="arrows">
        ${arrow('M140 60 V82 H84 V104')} ${arrow('M220 60 V82 H276 V104')} ${arrow('M84 160 V204')}
        ${arrow('M276 160 V204')} ${arrow('M276 260 V304')} ${arrow('M276 360 V404')}
      </g>
      <g class="arrows versions">
        ${arrow('M164 222 H180 V133 H194')} ${arrow('M164 240 H194')} ${arrow('M84 260 V333 H194')}
      </g>
      ${caption(180, 86, 'keys', 'middle')} ${caption(94, 187, 'version', 'start')}
      ${caption(286, 187, 'key', 'start')} ${caption(286, 287, 'key', 'start')}
      ${caption(286, 387, 'SHA-256', 'start')} ${caption(94, 323, 'versions', 'start')} ${boxes.map(drawn)}
    </svg>
    <figcaption class="soft">
      Thick frames: signed by people with keys that no server holds. Dashed: the snapshot names versions, so
      that no two times can be mixed.
    </figcaption>
  </figure>`;
}

function drawn({ x, y, name, signer, version }: Box): Html {
  const kind = signer === null ? 'target' : signer === 'this index' ? 'online' : 'offline';
  const more = [version === null ? '' : `v${version}`, signer ?? 'what you install']
    .filter((part) => part !== '')
    .join(' · ');
  return html`<g class="${kind}">
    <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" />
    <text class="name" x="${x + width / 2}" y="${y + 23}" text-anchor="middle">${name}</text>
    <text class="more" x="${x + width / 2}" y="${y + 42}" text-anchor="middle">${more}</text>
  </g> `;
}

/** A line with a head at its end, which points the way that the line ends. */
function arrow(path: string): Html {
  return html`<path d="${path}" marker-end="url(#head)" /> `;
}

function caption(x: number, y: number, text: string, anchor: 'start' | 'middle'): Html {
  return html`<text class="more" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text> `;
}
