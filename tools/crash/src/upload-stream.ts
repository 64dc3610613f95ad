import { setTimeout as sleep } from 'node:timers/promises';
import { hashHex } from '@rind/crypto';
import { sdist, upload } from '@rind/system-tests';
import type { InstanceFile } from '@rind/system-tests';

/** A file whose upload was answered with 200. */
export interface AcceptedFile {
  readonly project: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The target that it becomes. */
  readonly path: string;
  /** Path of its receipt. */
  readonly receipt: string;
}

const lanes = 4;
const pauseMs = 50;
const mostAttempts = 1_200;
/** Uploads go round so many projects, and on to new ones when these have their share: pages stay short. */
const projectsAtOnce = 20;
const filesPerProject = 25;

/**
 * Uploads as patient authors do: what got no answer, or a 5xx, is sent again. No more is begun than was allowed, so
 * that whoever disturbs it always finds some left.
 */
export class UploadStream {
  readonly accepted: AcceptedFile[] = [];
  /** What went wrong for good. */
  readonly refused: string[] = [];
  inFlight = 0;
  /** Requests that ended without an answer or with a 5xx. */
  interrupted = 0;
  private readonly instance: () => InstanceFile;
  private allowed = 0;
  private begun = 0;
  private ended = false;
  private readonly running: Promise<unknown>;

  /** @param instance the instance as it is now: its address changes when it is started again */
  constructor(instance: () => InstanceFile) {
    this.instance = instance;
    this.running = Promise.all(Array.from({ length: lanes }, () => this.lane()));
  }

  allow(count: number): void {
    this.allowed += count;
  }

  /** How many are allowed and have no answer yet. */
  get ahead(): number {
    return this.allowed - this.accepted.length - this.refused.length;
  }

  /** All that was allowed has its answer. */
  get isIdle(): boolean {
    return this.ahead === 0;
  }

  /** How many were begun: more cannot be published. */
  get mostPublished(): number {
    return this.begun;
  }

  /** Begins nothing more, and waits for what is under way. */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
  }

  private async lane(): Promise<void> {
    while (!this.ended) {
      if (this.begun < this.allowed) await this.send(this.begun++);
      else await sleep(pauseMs / 5);
    }
  }

  private async send(index: number): Promise<void> {
    const generation = Math.floor(index / (projectsAtOnce * filesPerProject));
    const project = `crash-${generation * projectsAtOnce + (index % projectsAtOnce)}`;
    const version = `1.${index}`;
    const { filename, bytes } = sdist(project, version);
    this.inFlight += 1;
    try {
      const receipt = await this.attempts(project, version);
      if (receipt === null) return;
      const path = `packages/${project}/${filename}`;
      this.accepted.push({ project, filename, bytes, sha256: hashHex('sha256', bytes), path, receipt });
    } finally {
      this.inFlight -= 1;
    }
  }

  private async attempts(project: string, version: string): Promise<string | null> {
    for (let attempt = 0; attempt < mostAttempts && !this.ended; attempt++) {
      // No answer: the connection died with a process.
      const answer = await this.attempt(project, version).catch(() => null);
      if (answer !== null && answer.receipt !== null) return answer.receipt;
      if (answer !== null && answer.status < 500) {
        this.refused.push(`${project} ${version}: ${answer.status} ${answer.code}`);
        return null;
      }
      this.interrupted += 1;
      await sleep(pauseMs);
    }
    this.refused.push(`${project} ${version}: never accepted`);
    return null;
  }

  private async attempt(project: string, version: string): ReturnType<typeof upload> {
    return upload(this.instance(), project, version);
  }
}
