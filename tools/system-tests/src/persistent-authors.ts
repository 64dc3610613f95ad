import { hashHex } from '@rind/crypto';
import type { InstanceFile } from './instance.ts';
import { sdist, upload } from './uploads.ts';

export interface AcceptedUpload {
  readonly targetPath: string;
  readonly sha256: string;
  readonly receipt: string;
}

/** An author gives up after so many refusals in a row: more than chance explains. */
const mostTries = 60;

/** Authors who upload one file after the other, and send the same file again until it is accepted. */
export class PersistentAuthors {
  readonly accepted: AcceptedUpload[] = [];
  /** Uploads that were refused in a way that passes, and sent again. */
  refusals = 0;
  private readonly file: InstanceFile;
  private readonly loops: Promise<void>[];
  private running = true;

  constructor(file: InstanceFile, authors: number) {
    this.file = file;
    this.loops = Array.from({ length: authors }, (_, i) => this.work(`author-${i}`));
    // Told by `stop`.
    for (const loop of this.loops) loop.catch(() => {});
  }

  /** Throws what went wrong. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  private async work(name: string): Promise<void> {
    // Some projects over and over, so that a publication has several changes of one page.
    for (let i = 0; this.running; i++) await this.publish(`${name}-${i % 4}`, `1.${i}`);
  }

  private async publish(project: string, version: string): Promise<void> {
    const file = sdist(project, version);
    for (let tries = 1; ; tries++) {
      const { status, code, text, receipt } = await upload(this.file, project, version, file);
      if (status === 200) {
        const targetPath = `packages/${project}/${file.filename}`;
        this.accepted.push({ targetPath, sha256: hashHex('sha256', file.bytes), receipt: receipt! });
        return;
      }
      if (status !== 503 || tries >= mostTries)
        throw new Error(`${file.filename}: ${status} ${code} ${text}`);
      this.refusals++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
