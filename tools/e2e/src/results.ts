/** What was looked at, and what was wrong with it. */
export class Results {
  private readonly say: (line: string) => void;
  private held = 0;
  private readonly failures: string[] = [];

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  /** @param faults what was found; none for a check that held */
  add(check: string, faults: readonly string[]): void {
    if (faults.length === 0) {
      this.held += 1;
      return;
    }
    this.failures.push(check);
    this.say(`  failed  ${check}`);
    for (const fault of faults) this.say(`          ${fault}`);
  }

  /** As `add`; a check that throws has failed. */
  async run(check: string, look: () => Promise<readonly string[]>): Promise<void> {
    const faults = await look().catch((error: unknown) => [
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    ]);
    this.add(check, faults);
  }

  get counts(): { readonly held: number; readonly failed: number } {
    return { held: this.held, failed: this.failures.length };
  }
}
