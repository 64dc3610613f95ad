import { isRindError } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatabases } from '../test-support/real-databases.ts';
import type { RealDatabases } from '../test-support/real-databases.ts';
import { openPool } from './pool.ts';
import type { Pool } from './pool.ts';

/**
 * What each role may do, table by table: s(elect), i(nsert), u(pdate), d(elete). This is the trust
 * boundary between the processes; a right that appears here by mistake is one that a thief gets.
 * A right on some columns only is spelled out below.
 */
const index: Readonly<Record<string, { warehouse: string; signer: string }>> = {
  'warehouse.project': { warehouse: 'si', signer: 's' },
  'warehouse.file': { warehouse: 'si', signer: 's' },
  'warehouse.upload': { warehouse: 'si', signer: 's' },
  'warehouse.attestation': { warehouse: 'si', signer: '' },
  'warehouse.rendered_description': { warehouse: 'si', signer: '' },
  'warehouse.search_document': { warehouse: 'siu', signer: '' },
  'signer.outbox': { warehouse: 'si', signer: 'su' },
  'signer.lease': { warehouse: 's', signer: 'su' },
  'signer.publication': { warehouse: 's', signer: 'siu' },
  'signer.path': { warehouse: 's', signer: 'siu' },
  'signer.project': { warehouse: 's', signer: 'siu' },
  'signer.bin': { warehouse: 's', signer: 'siu' },
  'signer.role': { warehouse: 's', signer: 'siu' },
  'signer.publication_bin': { warehouse: 's', signer: 'siu' },
  'signer.cursor': { warehouse: '', signer: 'siu' },
  'signer.publication_path': { warehouse: '', signer: 'sid' },
  'signer.publication_project': { warehouse: '', signer: 'sid' },
  'signer.publication_grant': { warehouse: '', signer: 'sid' },
  'signer.applied_grant': { warehouse: '', signer: 'si' },
  'signer.signature_log': { warehouse: '', signer: 'si' },
  'signer.audit': { warehouse: '', signer: 'si' },
  'signer.unproven_bin': { warehouse: 's', signer: 'sid' },
  'signer.unreferenced': { warehouse: '', signer: 'sid' },
  'signer.condemned': { warehouse: '', signer: 'siud' },
};
const auth: Readonly<Record<string, string>> = {
  'auth.account': 'siu',
  'auth.token': 'siu',
  'auth.token_use': 'si',
  'auth.token_address': 'si',
  'auth.publisher': 'siud',
  'auth.pending_publisher': 'siud',
  'auth.used_identity': 'siud',
  'auth.email': 'siud',
  'auth.session': 'siu',
  'auth.half_session': 'siu',
  'auth.device': 'siu',
  'auth.totp': 'siu',
  'auth.recovery_code': 'siu',
  'auth.passkey': 'siu',
  'auth.passkey_challenge': 'siu',
  'auth.mail_link': 'siu',
  'auth.mail': 'siu',
  'auth.rate': 'siud',
  'auth.project': 'siud',
  'auth.role': 'siud',
  'auth.invitation': 'siu',
  'auth.proofs_given': 'si',
  'auth.grant_log': 'si',
  'auth.grant_void': 'si',
  'auth.grant_delivery': 'siu',
  'auth.audit': 'si',
};
/** Rights on some columns only. */
const partial: Readonly<Record<string, readonly string[]>> = {
  'rind_warehouse i signer.outbox': [
    'upload_id',
    'target_path',
    'envelope',
    'core_metadata_sha256',
    'provenance_sha256',
  ],
  'rind_signer u signer.outbox': ['state', 'publication_id', 'reason'],
  'rind_auth u auth.grant_delivery': ['attempts', 'next_try_at', 'last_error', 'delivered_at', 'receipt_id'],
  'rind_auth u auth.device': ['seen_at', 'expires_at', 'ended_at', 'address', 'agent', 'proof'],
  'rind_auth u auth.passkey': ['counter', 'last_used_at', 'removed_at'],
  'rind_auth u auth.passkey_challenge': ['used_at'],
  'rind_auth u auth.publisher': ['owner_id', 'proof'],
  // No column of these changes; a row that one may not change cannot be locked.
  'rind_auth u auth.pending_publisher': ['proof'],
  'rind_auth u auth.used_identity': ['refused_from'],
};

const verbs = { s: 'SELECT', i: 'INSERT', u: 'UPDATE', d: 'DELETE' } as const;
type Verb = keyof typeof verbs;
const letters = Object.keys(verbs) as Verb[];

interface Case {
  readonly database: 'rind_index' | 'rind_auth';
  readonly role: 'rind_warehouse' | 'rind_signer' | 'rind_auth';
  readonly table: string;
  readonly verb: Verb;
  readonly allowed: boolean;
}

const cases: Case[] = [
  ...Object.entries(index).flatMap(([table, rights]) =>
    (['warehouse', 'signer'] as const).flatMap((name) =>
      letters.map((verb): Case => {
        const allowed = rights[name].includes(verb);
        return { database: 'rind_index', role: `rind_${name}`, table, verb, allowed };
      }),
    ),
  ),
  ...Object.entries(auth).flatMap(([table, rights]) =>
    letters.map((verb): Case => {
      return { database: 'rind_auth', role: 'rind_auth', table, verb, allowed: rights.includes(verb) };
    }),
  ),
];

let databases: RealDatabases;
const pools = new Map<string, Pool>();
const pool = (database: string, role: string): Pool => pools.get(`${role}@${database}`)!;

beforeAll(async () => {
  databases = await startDatabases();
  for (const [database, role] of [
    ['index', 'owner'],
    ['index', 'warehouse'],
    ['index', 'signer'],
    ['auth', 'owner'],
    ['auth', 'auth'],
  ] as const) {
    pools.set(
      `rind_${role}@rind_${database}`,
      openPool(databases.url(database, role), { max: 1, name: 'test' }),
    );
  }
});

afterAll(async () => {
  for (const each of pools.values()) await each.close();
  await databases?.postgres.destroy();
});

async function columnsOf(database: string, table: string): Promise<string[]> {
  const { rows } = await pool(database, 'rind_owner').query<{ attname: string }>(
    `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
  return rows.map((row) => row.attname);
}

/** True when the statement gets past the check of privileges; what it would do is rolled back. */
async function passes(pool: Pool, statement: string): Promise<boolean> {
  const undone = new Error('undone');
  try {
    await pool.transaction(async (sql) => {
      await sql.query(statement);
      throw undone;
    });
    return true;
  } catch (error) {
    if (error === undone || isRindError(error, 'database.failed')) return true;
    if (isRindError(error, 'database.denied')) return false;
    throw error;
  }
}

describe('the table of privileges', () => {
  it.each([
    ['rind_index', Object.keys(index)],
    ['rind_auth', Object.keys(auth)],
  ])('lists every table of %s', async (database, listed) => {
    const { rows } = await pool(database, 'rind_owner').query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')`,
    );
    expect(rows.map((row) => row.name).sort()).toEqual([...listed].sort());
  });

  it.each(cases)('$role may ($allowed) $verb $table, say the catalogs', async (one) => {
    const { rows } = await pool(one.database, 'rind_owner').query<{ whole: boolean; column: string | null }>(
      `SELECT has_table_privilege($1, $2::text, $3) AS whole, a.attname AS column
         FROM pg_attribute AS a
        WHERE a.attrelid = $2::regclass AND a.attnum > 0
          AND $3 <> 'DELETE' AND has_column_privilege($1, $2::text, a.attname, $3)`,
      [one.role, one.table, verbs[one.verb]],
    );
    const columns = rows.map((row) => row.column).sort();
    if (one.verb === 'd') {
      const { rows: whole } = await pool(one.database, 'rind_owner').query<{ may: boolean }>(
        `SELECT has_table_privilege($1, $2::text, 'DELETE') AS may`,
        [one.role, one.table],
      );
      expect(whole[0]!.may).toBe(one.allowed);
      return;
    }
    const some = partial[`${one.role} ${one.verb} ${one.table}`];
    const expected = one.allowed ? (some ?? (await columnsOf(one.database, one.table))) : [];
    expect(columns).toEqual([...expected].sort());
    expect(rows.some((row) => row.whole)).toBe(one.allowed && some === undefined);
  });

  it.each(cases)('$role may ($allowed) $verb $table, says the attempt', async (one) => {
    const columns = await columnsOf(one.database, one.table);
    const last = (partial[`${one.role} ${one.verb} ${one.table}`] ?? columns).at(-1)!;
    const statement = {
      s: `SELECT * FROM ${one.table} LIMIT 1`,
      i: `INSERT INTO ${one.table} DEFAULT VALUES`,
      u: `UPDATE ${one.table} SET ${last} = NULL WHERE false`,
      d: `DELETE FROM ${one.table} WHERE false`,
    }[one.verb];
    expect(await passes(pool(one.database, one.role), statement)).toBe(one.allowed);
  });

  it.each(cases.filter((one) => one.verb === 'd'))('$role cannot empty $table', async (one) => {
    expect(await passes(pool(one.database, one.role), `TRUNCATE ${one.table}`)).toBe(false);
  });
});

describe('the outbox', () => {
  const columns = {
    upload_id: `'00000000-0000-4000-8000-000000000001'`,
    target_path: `'packages/a/a-1.tar.gz'`,
    envelope: `'\\x00'`,
    state: `'published'`,
    publication_id: '1',
    reason: `'x'`,
    enqueued_at: 'now()',
  };
  it.each([
    ['rind_warehouse', 'state', false],
    ['rind_warehouse', 'publication_id', false],
    ['rind_warehouse', 'reason', false],
    ['rind_warehouse', 'enqueued_at', false],
    ['rind_warehouse', 'upload_id', true],
  ] as const)('takes from %s a row that says %s: %s', async (role, column, allowed) => {
    const names = [...new Set(['upload_id', 'target_path', 'envelope', column])] as (keyof typeof columns)[];
    const statement = `INSERT INTO signer.outbox (${names.join(', ')}) VALUES (${names.map((name) => columns[name]).join(', ')})`;
    expect(await passes(pool('rind_index', role), statement)).toBe(allowed);
  });

  it.each([
    ['state', true],
    ['publication_id', true],
    ['reason', true],
    ['envelope', false],
    ['target_path', false],
    ['upload_id', false],
    ['core_metadata_sha256', false],
    ['provenance_sha256', false],
    ['enqueued_at', false],
  ])('lets the signer change %s: %s', async (column, allowed) => {
    const statement = `UPDATE signer.outbox SET ${column} = NULL WHERE false`;
    expect(await passes(pool('rind_index', 'rind_signer'), statement)).toBe(allowed);
  });
});

describe('a role', () => {
  const roles = [
    ['rind_index', 'rind_warehouse'],
    ['rind_index', 'rind_signer'],
    ['rind_auth', 'rind_auth'],
  ] as const;

  it.each(roles)('in %s, %s: makes nothing of its own', async (database, role) => {
    const schemas = database === 'rind_auth' ? ['public', 'auth'] : ['public', 'warehouse', 'signer'];
    const role_ = pool(database, role);
    for (const schema of schemas)
      expect(await passes(role_, `CREATE TABLE ${schema}.own (id int)`)).toBe(false);
    expect(await passes(role_, 'CREATE TEMPORARY TABLE own (id int)')).toBe(false);
    expect(await passes(role_, 'CREATE SCHEMA own')).toBe(false);
    expect(await passes(role_, 'CREATE ROLE own')).toBe(false);
    expect(await passes(role_, 'SET ROLE rind_owner')).toBe(false);
  });

  it.each(roles)('in %s, %s: does not see the migrations', async (database, role) => {
    expect(await passes(pool(database, role), 'SELECT * FROM public._prisma_migrations')).toBe(false);
  });

  it.each(roles)('in %s, %s: is none of the powerful ones', async (_, role) => {
    const { rows } = await pool('rind_index', 'rind_owner').query(
      `SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
              (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
         FROM pg_roles AS r WHERE rolname = $1`,
      [role],
    );
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolinherit: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
        memberships: 0,
      },
    ]);
  });

  it.each([
    ['warehouse', 'auth'],
    ['signer', 'auth'],
    ['auth', 'index'],
  ] as const)('%s cannot enter database %s', async (role, database) => {
    const stranger = openPool(databases.url(database, role), { max: 1, name: 'test' });
    await expect(stranger.query('SELECT 1')).rejects.toMatchObject({ code: 'database.denied' });
    await stranger.close();
  });
});
