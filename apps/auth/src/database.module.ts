import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { CONFIG, Readiness } from '@rind/nest-kit';
import type { AuthConfig } from './config.ts';
import { DATABASE } from './database.ts';

/** Connections to the database; a burst of grants waits here, not in the database. */
const connections = 16;

@Module({
  providers: [{ provide: DATABASE, inject: [CONFIG, Readiness], useFactory: openDatabase }],
  exports: [DATABASE],
})
export class DatabaseModule implements OnModuleDestroy {
  constructor(@Inject(DATABASE) private readonly pool: Pool) {}

  onModuleDestroy(): Promise<void> {
    return this.pool.close();
  }
}

function openDatabase(config: AuthConfig, readiness: Readiness): Pool {
  const pool = openPool(config.databaseUrl, { max: connections, name: 'auth' });
  readiness.register('database', async () => void (await pool.query('SELECT 1 FROM auth.account LIMIT 1')));
  return pool;
}
