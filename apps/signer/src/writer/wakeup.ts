/** Lets the writer sleep until something happens. A wake-up before `wait` is not lost. */
export class Wakeup {
  private pending = false;
  private release: (() => void) | null = null;

  wake(): void {
    this.pending = true;
    this.release?.();
  }

  /** Resolves after `ms` or at the next wake-up, whichever is first. */
  async wait(ms: number): Promise<void> {
    if (!this.pending) await this.sleep(ms);
    this.pending = false;
  }

  /** Resolves after `ms`; wake-ups meanwhile are kept for the next `wait`. */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
  }

  private sleep(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.release = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => {
      this.release = null;
    });
  }
}
