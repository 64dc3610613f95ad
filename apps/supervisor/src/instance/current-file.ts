import { messageOf } from '@rind/kernel';
import { writeFileAtomic } from './atomic-file.ts';

const retryMs = 1_000;

/**
 * A file that follows the state of the instance. A full disk must not end a supervisor, whose children go
 * on: the newest text is written as soon as there is room.
 */
export class CurrentFile {
  private readonly path: string;
  private readonly say: (line: string) => void;
  private retry: NodeJS.Timeout | undefined;
  private failing = false;

  constructor(path: string, say: (line: string) => void) {
    this.path = path;
    this.say = say;
  }

  write(text: string): void {
    clearTimeout(this.retry);
    try {
      writeFileAtomic(this.path, text);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.say(`${this.path} cannot be written: ${messageOf(error)}`);
      this.failing = true;
      this.retry = setTimeout(() => this.write(text), retryMs).unref();
    }
  }
}
