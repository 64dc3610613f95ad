import { until } from '@rind/interop';
import { monotonicMs } from '@rind/kernel';
import type { Subject } from './subject.ts';

/**
 * Most that half of the hand-overs may take, from the signal to the writer until another one has closed a
 * publication. Half of them, because a single one measures what else the machine has to do.
 */
export interface HandOverLimits {
  readonly killedMs: number;
  readonly drainedMs: number;
}

/** How long it took until another signer had closed a publication. */
export interface HandOverResult {
  readonly count: number;
  readonly medianMs: number | null;
  readonly mostMs: number | null;
}

class Durations {
  private readonly all: number[] = [];

  add(ms: number): void {
    this.all.push(Math.round(ms));
    this.all.sort((a, b) => a - b);
  }

  get result(): HandOverResult {
    const { all } = this;
    return {
      count: all.length,
      medianMs: all[Math.floor(all.length / 2)] ?? null,
      mostMs: all.at(-1) ?? null,
    };
  }
}

const handOverTimeoutMs = 60_000;

/** Ends writers, and measures how long the index goes without one. */
export class HandOvers {
  readonly killed = new Durations();
  readonly drained = new Durations();
  private readonly subject: Subject;
  private readonly limits: HandOverLimits;

  constructor(subject: Subject, limits: HandOverLimits) {
    this.subject = subject;
    this.limits = limits;
  }

  /** SIGKILL: its lease has to run out first. */
  async kill(writer: number): Promise<void> {
    this.killed.add(await this.measure(writer, 'SIGKILL'));
  }

  /** SIGTERM: it gives its lease back. */
  async drain(writer: number): Promise<void> {
    this.drained.add(await this.measure(writer, 'SIGTERM'));
    await until('the drained signer ends', () => this.subject.endOf(writer) !== null, handOverTimeoutMs);
    const end = this.subject.endOf(writer);
    if (end !== '0') throw new Error(`the drained signer (pid ${writer}) ended with ${end}`);
  }

  /** Throws when they take too long. */
  judge(): void {
    const { killed, drained, limits } = this;
    const late = [
      ...beyond('SIGKILL', killed.result, limits.killedMs),
      ...beyond('SIGTERM', drained.result, limits.drainedMs),
    ];
    if (late.length > 0) throw new Error(late.join('; '));
  }

  private async measure(writer: number, signal: NodeJS.Signals): Promise<number> {
    // Signers that are still on their way up cannot take over from anybody.
    await until('every signer is up', () => this.areUp(), handOverTimeoutMs);
    const fence = await this.fenceOf();
    const startedMs = monotonicMs();
    process.kill(writer, signal);
    await until(
      `another signer publishes after ${signal}`,
      () => this.hasClosedAfter(fence),
      handOverTimeoutMs,
    );
    return monotonicMs() - startedMs;
  }

  private async areUp(): Promise<boolean> {
    const { endpoints } = this.subject.file;
    const answers = endpoints.signer.map((url) =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return (await Promise.all(answers)).every((up) => up);
  }

  private async fenceOf(): Promise<number> {
    const rows = await this.subject.ask<{ fence: string }>(
      `SELECT fence FROM signer.lease WHERE name = 'writer'`,
    );
    if (rows === null) throw new Error('the database does not answer');
    return Number(rows[0]!.fence);
  }

  /** The next holder's first act is a publication. */
  private async hasClosedAfter(fence: number): Promise<boolean> {
    const rows = await this.subject.ask<{ n: string }>(
      `SELECT count(*) AS n FROM signer.publication WHERE state = 'closed' AND fence > ${fence}`,
    );
    return rows !== null && Number(rows[0]!.n) > 0;
  }
}

function beyond(signal: string, { count, medianMs, mostMs }: HandOverResult, limitMs: number): string[] {
  if (medianMs === null || medianMs <= limitMs) return [];
  return [
    `hand-over after ${signal}: median ${medianMs} ms, most ${mostMs} ms of ${count}, allowed ${limitMs} ms`,
  ];
}
