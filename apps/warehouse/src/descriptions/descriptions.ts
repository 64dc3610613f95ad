import { hashHex } from '@rind/crypto';
import type { Sql } from '@rind/database';
import { renderPlainText, rendererVersion } from '@rind/descriptions';
import type { RenderedDescription } from '@rind/descriptions';
import { isRindError, monotonicMs, utf8 } from '@rind/kernel';
import type { Metrics } from '@rind/nest-kit';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { WorkerPool } from '@rind/worker-pool';
import type { DescriptionTasks, DescriptionText } from './description.worker.ts';

export interface DescriptionLimits {
  readonly threads: number;
  /** Texts that may wait for a thread. */
  readonly maxQueue: number;
  /** How long a text may take, waiting not counted. */
  readonly timeoutMs: number;
  /** Heap of a thread, in MiB. */
  readonly maxHeapMebibytes: number;
  /** Characters; longer texts are shown as they stand. */
  readonly maxLength: number;
}

const secondsBuckets = [0.01, 0.05, 0.2, 1, 5, 20];

/**
 * Descriptions as they are shown. A text is rendered when somebody looks at it for the first time, in a thread that
 * may be lost, and kept: most releases of an index are never looked at, imported ones never came through an upload,
 * and better rules reach old texts without a migration. Whatever goes wrong, the text itself can be shown.
 */
export class Descriptions {
  private readonly sql: Sql;
  private readonly limits: DescriptionLimits;
  private readonly pool: WorkerPool<DescriptionTasks>;
  private readonly seconds: { observe(seconds: number): void };
  /** By digest: who asks for the same text waits for the same thread. */
  private readonly underWay = new Map<string, Promise<RenderedDescription>>();

  constructor(parts: { sql: Sql; limits: DescriptionLimits; metrics: Pick<Metrics, 'histogram'> }) {
    this.sql = parts.sql;
    this.limits = parts.limits;
    const { threads, maxQueue, timeoutMs, maxHeapMebibytes } = parts.limits;
    this.pool = createWorkerPool<DescriptionTasks>({
      worker: workerUrl(import.meta.url, './description.worker'),
      threads,
      maxQueue,
      taskTimeoutMs: timeoutMs,
      maxOldGenerationSizeMb: maxHeapMebibytes,
    });
    const help = 'Time to render one description, waiting included.';
    this.seconds = parts.metrics.histogram('rind_warehouse_description_seconds', help, [], secondsBuckets);
  }

  /**
   * HTML to be put into a page as it is.
   * @throws DatabaseError `database.unavailable`
   */
  async show(description: DescriptionText): Promise<RenderedDescription> {
    if (description.text.length > this.limits.maxLength) return asItStands(description);
    const digest = hashHex('sha256', utf8(`${description.contentType ?? ''}\n${description.text}`));
    const kept = await this.find(digest);
    if (kept !== null) return kept;
    const started = this.underWay.get(digest) ?? this.render(digest, description);
    this.underWay.set(digest, started);
    return started.finally(() => this.underWay.delete(digest));
  }

  /** Throws when no thread answers. */
  async check(): Promise<void> {
    await this.pool.run('wake', null);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async find(digest: string): Promise<RenderedDescription | null> {
    const { rows } = await this.sql.query<RenderedDescription>(
      `SELECT html, format FROM warehouse.rendered_description WHERE digest = $1 AND renderer = $2`,
      [digest, rendererVersion],
    );
    return rows[0] ?? null;
  }

  private async render(digest: string, description: DescriptionText): Promise<RenderedDescription> {
    const startedMs = monotonicMs();
    const rendered = await this.pool.run('render', description).catch((error: unknown) => {
      // Too busy now, not for ever: shown as it stands, and not kept.
      if (isRindError(error, 'pool.full') || isRindError(error, 'pool.closed')) return null;
      return asItStands(description);
    });
    if (rendered === null) return asItStands(description);
    this.seconds.observe((monotonicMs() - startedMs) / 1e3);
    await this.sql.query(
      `INSERT INTO warehouse.rendered_description (digest, renderer, format, html) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [digest, rendererVersion, rendered.format, storable(rendered.html)],
    );
    return rendered;
  }
}

function asItStands({ text }: DescriptionText): RenderedDescription {
  return { html: renderPlainText(text), format: 'plain' };
}

/** PostgreSQL's text takes no NUL. */
function storable(html: string): string {
  return html.toWellFormed().replaceAll('\0', '\ufffd');
}
