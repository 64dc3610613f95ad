import type { ArchiveLimits } from './archive.ts';
import { refused } from './errors.ts';

/** How much may come out of a file: counted as it comes out, or as headers announce it. */
export class UnpackedBudget {
  private readonly limits: ArchiveLimits;
  private readonly maxBytes: number;
  private spent = 0;

  /** @param fileBytes length of the archive */
  constructor(limits: ArchiveLimits, fileBytes: number) {
    this.limits = limits;
    this.maxBytes = Math.max(limits.freeBytes, fileBytes * limits.maxRatio);
  }

  /** @throws ArchiveError `archive.bomb` */
  spend(bytes: number): void {
    this.spent += bytes;
    if (this.spent <= this.maxBytes) return;
    const { maxRatio } = this.limits;
    throw refused('archive.bomb', `File exceeds compression ratio of ${maxRatio}`, { maxRatio });
  }
}
