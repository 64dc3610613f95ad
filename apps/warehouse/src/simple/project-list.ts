import type { Sql } from '@rind/database';
import { hashHex } from '@rind/crypto';
import { renderIndexHtml, renderIndexJson } from '@rind/index-model';
import type { IndexEntry } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import { entityTag } from '../serving/entity-tag.ts';

export interface ProjectListPage {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** Number of the newest publication that changed a project. */
  readonly serial: number;
}

interface ListState {
  readonly publicationId: string;
  readonly pages: { readonly json: ProjectListPage; readonly html: ProjectListPage };
}

/**
 * The list of all projects (not signed: docs/divergences.md). Made anew when a publication was closed since, which each
 * request asks the database: a list is never older than the receipts that it could be compared with.
 */
export class ProjectList {
  private readonly sql: Sql;
  private state: ListState | undefined;
  private making: { publicationId: string; state: Promise<ListState> } | undefined;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  async page(form: 'json' | 'html'): Promise<ProjectListPage> {
    const publicationId = await this.lastClosed();
    if (this.state?.publicationId !== publicationId) this.state = await this.make(publicationId);
    return this.state.pages[form];
  }

  private async lastClosed(): Promise<string> {
    const { rows } = await this.sql.query<{ id: string }>(
      `SELECT id FROM signer.publication WHERE state = 'closed' ORDER BY id DESC LIMIT 1`,
    );
    return rows[0]?.id ?? '0';
  }

  /** One at a time for all that ask. */
  private async make(publicationId: string): Promise<ListState> {
    if (this.making?.publicationId !== publicationId) {
      const state = this.load(publicationId).finally(() => (this.making = undefined));
      this.making = { publicationId, state };
    }
    return this.making.state;
  }

  private async load(publicationId: string): Promise<ListState> {
    const { rows } = await this.sql.query<{ name: string; serial: string }>(
      `SELECT name, publication_id AS serial FROM signer.project
        WHERE page_sha256 IS NOT NULL AND status <> 'quarantined' ORDER BY name COLLATE "C"`,
    );
    const projects = rows.map(({ name, serial }): IndexEntry => ({ name, lastSerial: Number(serial) }));
    const serial = rows.reduce((newest, row) => Math.max(newest, Number(row.serial)), 0);
    const page = (text: string): ProjectListPage => {
      const bytes = utf8(text);
      return { bytes, serial, tag: entityTag(hashHex('sha256', bytes)) };
    };
    return {
      publicationId,
      pages: {
        json: page(renderIndexJson(projects, serial)),
        html: page(renderIndexHtml(rows.map(({ name }) => name))),
      },
    };
  }
}
