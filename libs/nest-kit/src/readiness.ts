import { isRindError } from '@rind/kernel';

/** Resolves when the part works; throws when it does not. Its error's code is shown, never its text. */
export type ReadinessCheck = () => Promise<void> | void;

export interface ReadinessReport {
  readonly ready: boolean;
  /** Name of the check → `ok` or the code of what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

const timeoutMs = 2_000;

/** What must work before a process wants traffic. Not ready while it drains. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private draining = false;

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  drain(): void {
    this.draining = true;
  }

  async report(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    if (this.draining) results.push(['process', 'process.draining']);
    return { ready: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
  }
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('check.timeout'), timeoutMs);
  });
  const run = (async () => {
    await check();
    return 'ok';
  })().catch((error: unknown) => (isRindError(error) ? error.code : 'check.failed'));
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
