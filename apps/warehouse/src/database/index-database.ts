import { openIndexPrisma, openPool, toDatabaseError } from '@rind/database';
import type { IndexPrisma, Pool } from '@rind/database';
import { faultySql } from '@rind/faults';
import type { Faults } from '@rind/faults';
import { databaseUnavailable } from '../injected-faults.ts';

/** Database `rind_index` as the role `rind_warehouse`. Everything it throws is a RindError. */
export class IndexDatabase {
  /** Transactions, aggregates, notifications. */
  readonly pool: Pool;
  /** What an author waits for: a statement of an upload takes milliseconds, or its upload is to be tried again. */
  readonly uploads: Pool;
  /** Rows by their keys. */
  readonly rows: IndexRows;
  private readonly prisma: IndexPrisma;

  /** @param faults development only: what goes wrong */
  constructor(url: string, faults: Faults | null = null) {
    const faulty = (pool: Pool): Pool =>
      faults === null ? pool : faultySql(pool, faults, databaseUnavailable);
    this.pool = faulty(openPool(url, { max: 12, name: 'warehouse', statementTimeoutMs: 30_000 }));
    this.uploads = faulty(openPool(url, { max: 12, name: 'warehouse-uploads', statementTimeoutMs: 5_000 }));
    this.prisma = openIndexPrisma(url);
    this.rows = withOurErrors(this.prisma, faults);
  }

  /** @throws DatabaseError `database.unavailable` */
  async check(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.uploads.close(), this.prisma.$disconnect()]);
  }
}

/** The tables that are read row by row. */
export type IndexRows = Pick<IndexPrisma, 'file' | 'project' | 'signedPath' | 'signedProject' | 'signedRole'>;

function withOurErrors(prisma: IndexPrisma, faults: Faults | null): IndexRows {
  const extended = prisma.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        const asked = (): Promise<unknown> =>
          query(args).catch((error: unknown) => {
            throw toDatabaseError(error);
          });
        return faults === null ? asked() : faults.call('db', asked, databaseUnavailable);
      },
    },
  });
  // The extension changes no result, but its type says so of every one.
  return extended as unknown as IndexRows;
}
