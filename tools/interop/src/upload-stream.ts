import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.ts';
import { plainFile, uploadPlain } from './plain-upload.ts';
import type { PlainFile } from './plain-upload.ts';

const lanes = 4;
const pauseMs = 100;
const mostAttempts = 300;
const acceptTimeoutMs = 60_000;

/**
 * Uploads as patient authors do: what got no answer, or a 5xx, is sent again. No more is begun than was allowed, so
 * that whoever disturbs it always finds some left.
 */
export class UploadStream {
  readonly accepted: PlainFile[] = [];
  /** What went wrong for good, and what else had no business to happen. */
  readonly refused: string[] = [];
  inFlight = 0;
  private readonly instance: Instance;
  private readonly project: string;
  private allowed = 0;
  private begun = 0;
  private ended = false;
  private waiting: { readonly count: number; readonly go: () => void }[] = [];
  private readonly running: Promise<unknown>;

  /** @param project prefix of the names of ten projects */
  constructor(instance: Instance, project: string) {
    this.instance = instance;
    this.project = project;
    this.running = Promise.all(Array.from({ length: lanes }, () => this.lane()));
  }

  allow(count: number): void {
    this.allowed += count;
  }

  /**
   * Waits until so many are accepted in all; answers how many others were under way at that very moment.
   * @throws when it takes too long
   */
  awaitAccepted(count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.accepted.length >= count) return resolve(this.inFlight);
      const late = (): void => reject(new Error(`${this.accepted.length} of ${count} accepted: too slow`));
      const timer = setTimeout(late, acceptTimeoutMs);
      this.waiting.push({
        count,
        go: () => {
          clearTimeout(timer);
          resolve(this.inFlight);
        },
      });
    });
  }

  /** Waits until all that was allowed has an answer; nothing can be allowed after it. */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
  }

  /** Begins nothing more and does not wait. */
  abandon(): void {
    this.ended = true;
    this.allowed = 0;
  }

  private async lane(): Promise<void> {
    for (;;) {
      if (this.begun < this.allowed) {
        const index = this.begun++;
        await this.send(plainFile(`${this.project}-${index % 10}`, `1.${index}`));
      } else if (this.ended) {
        return;
      } else {
        await sleep(pauseMs / 10);
      }
    }
  }

  private async send(file: PlainFile): Promise<void> {
    this.inFlight += 1;
    const accepted = await this.attempts(file).finally(() => (this.inFlight -= 1));
    if (accepted) this.accept(file);
  }

  private accept(file: PlainFile): void {
    this.accepted.push(file);
    const due = this.waiting.filter(({ count }) => this.accepted.length >= count);
    this.waiting = this.waiting.filter((each) => !due.includes(each));
    for (const { go } of due) go();
  }

  private async attempts(file: PlainFile): Promise<boolean> {
    for (let attempt = 0; attempt < mostAttempts && this.allowed > 0; attempt++) {
      // No answer: the connection died with a process.
      const answer = await uploadPlain(this.instance, file).catch(() => null);
      if (answer?.status === 200) return true;
      if (answer !== null && answer.status < 500) {
        this.refused.push(`${file.filename}: ${answer.status} ${answer.error}`);
        return false;
      }
      await sleep(pauseMs);
    }
    this.refused.push(`${file.filename}: never accepted`);
    return false;
  }
}
