import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@rind/kernel';
import type { LocalServer, WatchTools } from '@rind/interop';
import { until } from '@rind/interop';
import { receiptOf } from '@rind/system-tests';
import { Control } from './control.ts';
import { compareHistories } from './database-history.ts';
import { Durations } from './durations.ts';
import { hasFsck, runFsck } from './fsck.ts';
import { OurClient } from './our-client.ts';
import { PublishedAudit } from './published-audit.ts';
import { servePublished } from './published-store.ts';
import { Readers } from './readers.ts';
import { ServedHistory } from './served-history.ts';
import type { StoreSetting } from './store-setting.ts';
import { Subject } from './subject.ts';
import type { Environment } from './subject.ts';
import type { AcceptedFile } from './upload-stream.ts';
import { UploadStream } from './upload-stream.ts';

export interface SceneOptions {
  readonly folder: string;
  readonly dataDir: string;
  readonly setting: StoreSetting;
  readonly signers: number;
  readonly env: Environment;
  readonly tools: WatchTools;
  /** Told what runs as soon as it does, so that whoever interrupts a run can end it. */
  readonly opened: (running: Abandonable) => void;
}

/** Something that can be ended at any moment, however it is. */
export interface Abandonable {
  abandon(): Promise<void>;
}

/** What a settled scene was seen to hold. */
export interface Settled {
  readonly accepted: number;
  readonly timestamp: number;
  readonly closed: number;
}

const settleTimeoutMs = 240_000;
const abandonMs = 5_000;
/** Rounds of each reader that begin after everything is verifiable. */
const roundsAfter = 1;

/** An instance, authors who upload to it, and everybody who reads what it serves and must never see it wrong. */
export class Scene {
  readonly subject: Subject;
  readonly stream: UploadStream;
  readonly history: ServedHistory;
  readonly readers: Readers;
  readonly server: LocalServer;
  readonly rootFile: string;
  readonly durations = new Durations();
  private readonly options: SceneOptions;
  private readonly oldTimestamp: Uint8Array;
  private readonly audit: PublishedAudit;
  private readonly client: OurClient;
  /** How many accepted files are known to be verifiable, and how many were looked at besides. */
  private settled = 0;
  private looked = 0;

  private constructor(
    options: SceneOptions,
    parts: Pick<Scene, 'subject' | 'server' | 'readers' | 'rootFile'> & { oldTimestamp: Uint8Array },
  ) {
    const { setting } = options;
    const { subject, server, readers, rootFile } = parts;
    this.options = options;
    this.subject = subject;
    this.server = server;
    this.readers = readers;
    this.rootFile = rootFile;
    this.oldTimestamp = parts.oldTimestamp;
    this.history = new ServedHistory(setting.published, setting.lookPauseMs);
    this.audit = new PublishedAudit(setting.published);
    this.client = new OurClient(server, rootFile);
    this.stream = new UploadStream(() => subject.file);
  }

  /** Starts the instance, and then the readers, who have each read once before anything is disturbed. */
  static async open(options: SceneOptions): Promise<Scene> {
    const { folder, setting, signers, env, tools } = options;
    const subject = new Subject({
      dataDir: options.dataDir,
      args: ['--bins', '64', '--signers', String(signers), ...setting.args],
      env: { ...setting.env, ...env },
    });
    options.opened(subject);
    const server = await servePublished(setting.published);
    try {
      await subject.start();
      const rootFile = subject.file.root;
      const caches = join(folder, 'readers');
      mkdirSync(caches, { recursive: true });
      const oldTimestamp = await setting.published.read('metadata/timestamp.json');
      const readers = await Readers.start({ tools, server, root: rootFile, folder: caches });
      const scene = new Scene(options, { subject, server, readers, rootFile, oldTimestamp: oldTimestamp! });
      options.opened(scene);
      return scene;
    } catch (error) {
      await subject.abandon();
      await server.close();
      await setting.close();
      throw error;
    }
  }

  /** Waits until what was allowed is accepted and verifiable, and looks at everything. Throws what is wrong. */
  async settle(): Promise<Settled> {
    const { subject, stream, history, readers, durations } = this;
    await durations.of('until ready', subject.ready());
    await this.settleUploads();
    const fresh = stream.accepted.slice(this.looked);
    this.looked = stream.accepted.length;
    const isQuiet = async (): Promise<boolean> => (await subject.openPublications()) === 0;
    await durations.of('until quiet', until('nothing is being published', isQuiet, settleTimeoutMs));
    await durations.of('our client', this.client.verify(fresh));
    const audited = this.audit.look(stream.accepted, stream.mostPublished);
    const report = await durations.of('audit', audited);
    this.refuse('audit', report.findings);
    if (fresh.length > 0) readers.know(fresh.at(-1)!.path, fresh.at(-1)!.sha256);
    const [{ closed, findings }] = await Promise.all([
      compareHistories(subject, history.served),
      durations.of('rind fsck', this.fsck()),
      durations.of('python-tuf', readers.progress(roundsAfter)),
    ]);
    this.refuseBroken();
    this.refuse('database', findings);
    await durations.of('until whole', subject.whole());
    return { accepted: stream.accepted.length, timestamp: report.timestamp, closed };
  }

  /** Waits until what was allowed is accepted and verifiable, whatever else is going on. */
  settleUploads(): Promise<void> {
    return this.durations.of('uploads', this.awaitUploads());
  }

  private async awaitUploads(): Promise<void> {
    const { stream } = this;
    const isIdle = (): boolean => {
      this.refuseBroken();
      return stream.isIdle;
    };
    await until('every upload has its answer', isIdle, settleTimeoutMs);
    this.refuse('uploads', stream.refused);
    for (const file of stream.accepted.slice(this.settled)) await this.awaitVerifiable(file);
    this.settled = stream.accepted.length;
  }

  /** After the last one: nothing is taken for granted because it was right before. */
  async settleForGood(): Promise<Settled> {
    this.audit.forget();
    const settled = await this.settle();
    const { accepted } = this.stream;
    const verified = await new OurClient(this.server, this.rootFile).verify(accepted);
    if (verified !== accepted.length) throw new Error(`${verified} of ${accepted.length} verified`);
    return settled;
  }

  /** Everybody who found nothing wrong is shown what is wrong; answers what was noticed. */
  control(): Promise<readonly string[]> {
    const { setting, tools, folder } = this.options;
    return new Control({
      store: setting.published,
      accepted: this.stream.accepted,
      oldTimestamp: this.oldTimestamp,
      rootFile: this.rootFile,
      tools,
      folder: join(folder, 'control'),
    }).run();
  }

  /** Everybody stops; the readers say whether they ever met an error. */
  async close(): Promise<void> {
    await this.readers.finish();
    await this.history.stop();
    this.refuse('history', this.history.wrong);
    await this.stream.end();
    await this.subject.stop();
    await this.server.close();
    await this.options.setting.close();
  }

  /** Ends everything, however it is. */
  async abandon(): Promise<void> {
    this.readers.kill();
    await this.subject.abandon();
    // Authors and readers that wait for an instance that is no more may never end.
    const others = [this.stream.end(), this.history.stop(), this.server.close()];
    await Promise.race([Promise.allSettled(others), sleep(abandonMs)]);
    await this.options.setting.close();
  }

  private async awaitVerifiable({ receipt, path }: AcceptedFile): Promise<void> {
    const endMs = monotonicMs() + settleTimeoutMs;
    for (;;) {
      this.refuseBroken();
      // No answer: the process that was asked is on its way back.
      const answer = await receiptOf(this.subject.file, receipt, 10).catch(() => null);
      if (answer?.state === 'verifiable') return;
      if (answer?.state === 'rejected') throw new Error(`${path} was accepted and rejected: ${answer.code}`);
      if (monotonicMs() > endMs) throw new Error(`${path} was accepted and is ${answer?.state ?? 'unknown'}`);
      if (answer === null) await sleep(100);
    }
  }

  private async fsck(): Promise<void> {
    if (!hasFsck) return;
    const { code, output } = await runFsck(this.server.url, this.rootFile);
    if (code !== 0) throw new Error(`rind fsck: exit code ${code}\n${output}`);
  }

  /** What nobody may ever see, whatever else is still to come. */
  private refuseBroken(): void {
    this.refuse('python-tuf', this.readers.errors);
    this.refuse('history', this.history.wrong);
  }

  private refuse(what: string, findings: readonly string[]): void {
    if (findings.length === 0) return;
    throw new Error(`${what}: ${findings.length} finding(s)\n  ${findings.slice(0, 20).join('\n  ')}`);
  }
}
