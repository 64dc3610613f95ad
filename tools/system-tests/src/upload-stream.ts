import type { InstanceFile } from './instance.ts';
import type { RefreshingClients } from './refreshing-clients.ts';
import { publish } from './uploads.ts';

/** Uploads one file after the other until it is told to stop; the clients must find each once it is signed. */
export class UploadStream {
  readonly published: string[] = [];
  private running = true;
  private readonly loop: Promise<void>;

  constructor(file: InstanceFile, project: string, clients: RefreshingClients) {
    this.loop = this.run(file, project, clients);
    // Told by `stop`.
    this.loop.catch(() => {});
  }

  /** Waits for so many more. */
  async awaitMore(count: number): Promise<void> {
    const goal = this.published.length + count;
    while (this.running && this.published.length < goal) {
      await Promise.race([this.loop, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
  }

  /** Throws what went wrong. */
  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async run(file: InstanceFile, project: string, clients: RefreshingClients): Promise<void> {
    for (let i = 0; this.running; i++) {
      const { targetPath } = await publish(file, `${project}-${i % 5}`, `1.${i}`);
      this.published.push(targetPath);
      clients.know(targetPath);
    }
  }
}
