import type {
  AuditEvent,
  ClosedPublication,
  CommittedRole,
  ExpiringBin,
  KnownFacts,
  OpenedPublication,
  OutboxRow,
  PathFacts,
  PreparedPublication,
  PublicationLog,
  PublicationPlan,
  SetAsideRow,
  UnfinishedPublication,
} from '@rind/queue-port';
import { insertAudit, setAsideRows } from './audit.ts';
import { abandonPublication, closePublication, preparePublication } from './close-publication.ts';
import { assertFence } from './fence.ts';
import { openPublication } from './open-publication.ts';
import {
  binsExpiringBefore,
  committedRoles,
  countBinsExpiringBefore,
  databaseNowMs,
  knownFacts,
  pathsOfProjects,
  pendingRows,
  unfinishedPublications,
} from './queries.ts';
import type { Sql, TransactionalSql } from '../sql.ts';

/** The publication log in schema `signer`; each fenced method is one transaction. */
export class DatabasePublicationLog implements PublicationLog {
  private readonly sql: TransactionalSql;

  constructor(sql: TransactionalSql) {
    this.sql = sql;
  }

  pending(limit: number, except: readonly number[] = []): Promise<OutboxRow[]> {
    return pendingRows(this.sql, limit, except);
  }

  known(
    paths: readonly string[],
    projects: readonly string[],
    grantIds: readonly string[],
  ): Promise<KnownFacts> {
    return knownFacts(this.sql, paths, projects, grantIds);
  }

  pathsOf(projects: readonly string[]): Promise<PathFacts[]> {
    return pathsOfProjects(this.sql, projects);
  }

  setAside(fence: number, rows: readonly SetAsideRow[]): Promise<void> {
    return this.fenced(fence, (sql) => setAsideRows(sql, rows));
  }

  open(fence: number, plan: PublicationPlan): Promise<OpenedPublication> {
    return this.sql.transaction((sql) => openPublication(sql, fence, plan));
  }

  prepare(fence: number, id: number, prepared: PreparedPublication): Promise<void> {
    return this.sql.transaction((sql) => preparePublication(sql, fence, id, prepared));
  }

  close(fence: number, id: number, closed: ClosedPublication): Promise<void> {
    return this.sql.transaction((sql) => closePublication(sql, fence, id, closed));
  }

  abandon(fence: number, id: number, reason: string): Promise<void> {
    return this.sql.transaction((sql) => abandonPublication(sql, fence, id, reason));
  }

  unfinished(): Promise<UnfinishedPublication[]> {
    return unfinishedPublications(this.sql);
  }

  committedRoles(): Promise<ReadonlyMap<string, CommittedRole>> {
    return committedRoles(this.sql);
  }

  raiseNextVersion(fence: number, role: string, version: number): Promise<void> {
    return this.fenced(fence, async (sql) => {
      await sql.query(`UPDATE signer.role SET next_version = greatest(next_version, $2) WHERE name = $1`, [
        role,
        version,
      ]);
    });
  }

  binsExpiringBefore(
    expiresBeforeMs: number,
    limit: number,
    except: readonly number[] = [],
  ): Promise<ExpiringBin[]> {
    return binsExpiringBefore(this.sql, expiresBeforeMs, limit, except);
  }

  countBinsExpiringBefore(expiresBeforeMs: number, except: readonly number[] = []): Promise<number> {
    return countBinsExpiringBefore(this.sql, expiresBeforeMs, except);
  }

  audit(events: readonly AuditEvent[]): Promise<void> {
    return insertAudit(this.sql, events);
  }

  databaseNowMs(): Promise<number> {
    return databaseNowMs(this.sql);
  }

  private fenced(fence: number, work: (sql: Sql) => Promise<void>): Promise<void> {
    return this.sql.transaction(async (sql) => {
      await assertFence(sql, fence);
      await work(sql);
    });
  }
}
