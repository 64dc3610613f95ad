import { openIndexPrisma, openPool, toDatabaseError } from '@rind/database';
import type { IndexPrisma, Pool } from '@rind/database';

/** Database `rind_index` as the role `rind_warehouse`. Everything it throws is a RindError. */
export class IndexDatabase {
  /** Transactions, aggregates, notifications. */
  readonly pool: Pool;
  /** Rows by their keys. */
  readonly rows: IndexRows;
  private readonly prisma: IndexPrisma;

  constructor(url: string) {
    this.pool = openPool(url, { max: 16, name: 'warehouse', statementTimeoutMs: 30_000 });
    this.prisma = openIndexPrisma(url);
    this.rows = withOurErrors(this.prisma);
  }

  /** @throws DatabaseError `database.unavailable` */
  async check(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.prisma.$disconnect()]);
  }
}

/** The tables that are read row by row. */
export type IndexRows = Pick<IndexPrisma, 'signedPath' | 'signedProject' | 'signedRole'>;

function withOurErrors(prisma: IndexPrisma): IndexRows {
  const extended = prisma.$extends({
    query: {
      $allOperations: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          throw toDatabaseError(error);
        }),
    },
  });
  // The extension changes no result, but its type says so of every one.
  return extended as unknown as IndexRows;
}
