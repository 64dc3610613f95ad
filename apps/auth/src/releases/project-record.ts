import { compareVersions, grantTargetPath, parseSignedGrant, tryParseDistribution } from '@rind/index-model';
import type { Grant, ProjectStatus } from '@rind/index-model';
import { packageTargetPath, pageTargetPath, parseTargetPath } from '@rind/index-model';
import type { Sql } from '@rind/database';
import type { ProjectName, TargetPath } from '@rind/kernel';

/**
 * What auth knows of a project: its own grants and nothing else, never the word of the warehouse. A file is what its
 * first grant says; what people did to it later, and to the project, comes from later grants. Void grants count for
 * nothing; those of operators are not in auth's log.
 */
export interface RecordedFile {
  readonly filename: string;
  readonly targetPath: TargetPath;
  /** PEP 440 normal form. */
  readonly version: string;
  readonly deleted: boolean;
  readonly yanked: boolean;
  /** Number of the last grant about it. */
  readonly lastSeq: number;
  /** Grants that say more: the one that added it, and the last that yanked or unyanked it. */
  readonly grants: { readonly added: string; readonly yank: string | null };
}

/** A file with what its grants say. */
export interface DescribedFile extends RecordedFile {
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly uploadedAt: string;
  readonly uploadedBy: string;
  readonly yankedReason: string | null;
}

export interface RecordedRelease {
  /** As in the first of its files; versions that PEP 440 counts as equal are one release. */
  readonly version: string;
  readonly files: readonly RecordedFile[];
}

interface PathRow {
  readonly target_path: string;
  readonly added: string;
  readonly presence: string | null;
  readonly yank: string | null;
  readonly yank_verb: string | null;
  readonly last_seq: string;
}

/** Paths read in one statement. */
const perStatement = 2_000;

const pathsStatement = `
  SELECT target_path, max(seq) AS last_seq,
         (array_agg(id ORDER BY seq) FILTER (WHERE verb = 'add'))[1] AS added,
         (array_agg(verb ORDER BY seq DESC) FILTER (WHERE verb IN ('delete', 'restore')))[1] AS presence,
         (array_agg(id ORDER BY seq DESC) FILTER (WHERE verb IN ('yank', 'unyank')))[1] AS yank,
         (array_agg(verb ORDER BY seq DESC) FILTER (WHERE verb IN ('yank', 'unyank')))[1] AS yank_verb
    FROM auth.grant_log g
   WHERE project = $1 AND target_path > $2 AND ($4::text IS NULL OR target_path = $4) AND verb <> 'status'
     AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id)
   GROUP BY target_path HAVING bool_or(verb = 'add')
   ORDER BY target_path LIMIT $3`;

/** All releases of the project, the newest version first. */
export async function recordedReleases(sql: Sql, project: ProjectName): Promise<readonly RecordedRelease[]> {
  const byText = new Map<string, RecordedFile[]>();
  for (let after = ''; ;) {
    const { rows } = await sql.query<PathRow>(pathsStatement, [project, after, perStatement, null]);
    for (const row of rows) {
      const file = fileOf(row);
      byText.set(file.version, [...(byText.get(file.version) ?? []), file]);
    }
    if (rows.length < perStatement) break;
    after = rows.at(-1)!.target_path;
  }
  const releases: { version: string; files: RecordedFile[] }[] = [];
  const newestFirst = [...byText].sort(([a], [b]) => compareVersions(b, a));
  for (const [version, files] of newestFirst) {
    const last = releases.at(-1);
    if (last !== undefined && compareVersions(last.version, version) === 0) last.files.push(...files);
    else releases.push({ version, files: [...files] });
  }
  return releases;
}

/** One file; null when auth let nobody add it. */
export async function recordedFile(
  sql: Sql,
  project: ProjectName,
  filename: string,
): Promise<RecordedFile | null> {
  const path = packageTargetPath(project, filename);
  const { rows } = await sql.query<PathRow>(pathsStatement, [project, '', 1, path]);
  return rows[0] === undefined ? null : fileOf(rows[0]);
}

/** Files with what was granted for them. */
export async function describeFiles(
  sql: Sql,
  files: readonly RecordedFile[],
): Promise<readonly DescribedFile[]> {
  const ids = files.flatMap(({ grants: { added, yank } }) => (yank === null ? [added] : [added, yank]));
  const grants = await grantsOf(sql, ids);
  return files.map((file) => {
    const added = theGrant(grants, file.grants.added, file.targetPath);
    const yank = file.grants.yank === null ? null : theGrant(grants, file.grants.yank, file.targetPath);
    return {
      ...file,
      length: added.length ?? 0,
      sha256: added.digests?.sha256 ?? '',
      uploadedAt: added.uploadedAt ?? '',
      uploadedBy: added.actor,
      yankedReason: file.yanked ? (yank?.reason ?? null) : null,
    };
  });
}

/** The project's status, and the number of the grant that set it; 0 when none did. */
export async function recordedStatus(
  sql: Sql,
  project: ProjectName,
): Promise<{ readonly status: ProjectStatus; readonly seq: number }> {
  const path = pageTargetPath(project);
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM auth.grant_log g WHERE project = $1 AND target_path = $2 AND verb = 'status'
        AND NOT EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id)
      ORDER BY seq DESC LIMIT 1`,
    [project, path],
  );
  if (rows[0] === undefined) return { status: 'active', seq: 0 };
  const { id } = rows[0];
  const { status, seq } = theGrant(await grantsOf(sql, [id]), id, path);
  return { status: status ?? 'active', seq };
}

async function grantsOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, Grant>> {
  const { rows } = await sql.query<{ id: string; envelope: Buffer }>(
    'SELECT id, envelope FROM auth.grant_log WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, envelope }) => [id, parseSignedGrant(new Uint8Array(envelope)).grant]));
}

/** A row is an index of its grant and proves nothing: one that names another path was tampered with. */
function theGrant(grants: ReadonlyMap<string, Grant>, id: string, path: TargetPath): Grant {
  const grant = grants.get(id);
  if (grant !== undefined && grant.id === id && grantTargetPath(grant) === path) return grant;
  throw new Error(`a row of the grant log is not that of its grant: ${id}`);
}

function fileOf({ target_path, added, presence, yank, yank_verb, last_seq }: PathRow): RecordedFile {
  const target = parseTargetPath(target_path);
  const distribution = target.kind === 'package' ? tryParseDistribution(target.filename) : null;
  if (distribution === null) throw new Error(`no distribution was granted there: ${target_path}`);
  return {
    filename: distribution.filename,
    targetPath: target_path as TargetPath,
    version: distribution.version,
    deleted: presence === 'delete',
    yanked: yank_verb === 'yank',
    lastSeq: Number(last_seq),
    grants: { added, yank },
  };
}
