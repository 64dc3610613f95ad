import { packageTargetPath } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { IndexRows } from '../database/index-database.ts';

/** Checksums, lower-case hex. */
export interface OfferedFile {
  readonly sha256: string;
  /** Of the core metadata beside it (PEP 658); null when there is none. */
  readonly coreMetadataSha256: string | null;
}

/** Which files may be had under their plain URL: those that are signed at this moment. */
export class PublishedFiles {
  private readonly rows: IndexRows;

  constructor(rows: IndexRows) {
    this.rows = rows;
  }

  /** The file, when its path is live with these bytes and its project offers files (PEP 792); else null. */
  async offered(project: ProjectName, sha256: string, filename: string): Promise<OfferedFile | null> {
    const targetPath = packageTargetPath(project, filename);
    const [path, owner] = await Promise.all([
      this.rows.signedPath.findUnique({
        where: { targetPath },
        select: { state: true, sha256: true, coreMetadataSha256: true },
      }),
      this.rows.signedProject.findUnique({ where: { name: project }, select: { status: true } }),
    ]);
    if (path?.state !== 'live' || path.sha256 !== sha256) return null;
    if (owner === null || owner.status === 'quarantined') return null;
    return { sha256, coreMetadataSha256: path.coreMetadataSha256 };
  }
}
