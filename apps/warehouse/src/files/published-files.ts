import { packageTargetPath } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { IndexRows } from '../database/index-database.ts';

/** Which files may be had under their plain URL: those that are signed at this moment. */
export class PublishedFiles {
  private readonly rows: IndexRows;

  constructor(rows: IndexRows) {
    this.rows = rows;
  }

  /** True when the path is live with these bytes, and its project offers files (PEP 792). */
  async offers(project: ProjectName, sha256: string, filename: string): Promise<boolean> {
    const targetPath = packageTargetPath(project, filename);
    const [path, owner] = await Promise.all([
      this.rows.signedPath.findUnique({ where: { targetPath }, select: { state: true, sha256: true } }),
      this.rows.signedProject.findUnique({ where: { name: project }, select: { status: true } }),
    ]);
    return (
      path?.state === 'live' && path.sha256 === sha256 && owner !== null && owner.status !== 'quarantined'
    );
  }
}
