import { ensureRoles, migrate, openPool, recordCeremony } from '@rind/database';
import type { Pool } from '@rind/database';
import { startTestPostgres } from '@rind/embedded-postgres';
import type { TestPostgres } from '@rind/embedded-postgres';

const passwords = {
  owner: 'owner-secret',
  warehouse: 'warehouse-secret',
  signer: 'signer-secret',
  auth: 'auth-secret',
};

/** A migrated index on a server of its own, with the first ceremony recorded for `bins` bins. */
export interface IndexDatabase {
  readonly postgres: TestPostgres;
  readonly owner: Pool;
  readonly signer: Pool;
  readonly warehouse: Pool;
  url(role: 'owner' | 'warehouse' | 'signer'): string;
  destroy(): Promise<void>;
}

export async function startIndexDatabase(bins = 8): Promise<IndexDatabase> {
  const postgres = await startTestPostgres();
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  const url = (role: 'owner' | 'warehouse' | 'signer'): string =>
    postgres.url('rind_index', `rind_${role}`, passwords[role]);
  await migrate({ ownerUrl: url('owner'), which: 'index' });
  await migrate({ ownerUrl: postgres.url('rind_auth', 'rind_owner', passwords.owner), which: 'auth' });
  const [owner, signer, warehouse] = (['owner', 'signer', 'warehouse'] as const).map((role) =>
    openPool(url(role), { max: 4, name: `test-${role}` }),
  ) as [Pool, Pool, Pool];
  const expiresMs = Date.parse('2030-01-01T00:00:00Z');
  await recordCeremony(owner, {
    timestampSha256: '0'.repeat(64),
    bins: { count: bins, expiresMs: Array(bins).fill(expiresMs), length: Array(bins).fill(400) },
    roles: ['root', 'targets', 'bins', 'snapshot', 'timestamp'].map((name) => ({
      name,
      version: 1,
      expiresMs,
    })),
  });
  return {
    postgres,
    owner,
    signer,
    warehouse,
    url,
    async destroy() {
      await Promise.all([owner.close(), signer.close(), warehouse.close()]);
      await postgres.destroy();
    },
  };
}
