import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import { putMember } from '../projects/member-table.ts';
import { startAuth } from './auth-fixture.ts';
import type { AuthFixture, Reply } from './auth-fixture.ts';

/** What gate and operator do with auth, in the words of the tests. */
export interface AuthCalls extends AuthFixture {
  /** A name that no test has used. */
  fresh(prefix: string): string;
  mint(user: string, order?: { projects?: string[]; expires?: string }): Promise<string>;
  introspect(token: string): Promise<Reply>;
  /** Asks for a grant for the wheel of a project, with `changes` to the order. */
  grant(token: string, project: string, changes?: object): Promise<Reply>;
  voidGrant(id: string, reason?: string): Promise<Reply>;
  /** Runs a statement as the role of auth. */
  rows(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]>;
  /** As an accepted invitation would. */
  makeMember(project: string, username: string, role: ProjectRole): Promise<void>;
  owners(project: string): Promise<Record<string, unknown>[]>;
  /** Tokens that were minted: none may show up in a log. */
  readonly minted: readonly string[];
}

/** auth on a PostgreSQL of its own. */
export async function startAuthCalls(variables?: Readonly<Record<string, string>>): Promise<AuthCalls> {
  const auth = await startAuth(variables);
  const minted: string[] = [];
  let names = 0;
  const rows = async (text: string, ...values: unknown[]) =>
    (await auth.pool.query<Record<string, unknown>>(text, values)).rows;
  return {
    ...auth,
    minted,
    rows,
    fresh: (prefix) => `${prefix}-${++names}`,
    async mint(user, order = {}) {
      const reply = await auth.post('operator', '/internal/operator/tokens', { user, ...order });
      if (reply.status !== 200) throw new Error(`minting was answered with ${reply.status}`);
      const token = reply.json['token'] as string;
      minted.push(token);
      return token;
    },
    introspect: (token) => auth.post('gate', '/internal/tokens/introspect', { token }),
    grant: (token, project, changes) =>
      auth.post('gate', '/internal/grants', orderOf(token, project, changes)),
    voidGrant: (id, reason = 'refused') => auth.post('gate', `/internal/grants/${id}/void`, { reason }),
    async makeMember(project, username, role) {
      const [found] = await rows(
        'SELECT p.id AS project, a.id AS account FROM auth.project p, auth.account a WHERE p.name = $1 AND a.username = $2',
        ...[project, username],
      );
      const member = { accountId: found!['account'] as string, role, since: new Date(auth.clock.nowMs()) };
      const held = { name: project as ProjectName, projectId: found!['project'] as string };
      await putMember(auth.pool, auth.vault, held, member);
    },
    owners: (project) =>
      rows(
        'SELECT a.username, r.role FROM auth.role r JOIN auth.account a ON a.id = r.account_id WHERE r.project = $1',
        project,
      ),
  };
}

function orderOf(token: string, project: string, changes: object = {}): object {
  const digest = (name: 'sha256' | 'sha512' | 'blake2b-256') => hashHex(name, utf8(project));
  return {
    token,
    project,
    filename: `${project.replaceAll('-', '_')}-1.0-py3-none-any.whl`,
    digests: { sha256: digest('sha256'), sha512: digest('sha512'), blake2b256: digest('blake2b-256') },
    length: 1_234,
    requiresPython: '>=3.8',
    ...changes,
  };
}
