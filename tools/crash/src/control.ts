import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TufWatch, until } from '@rind/interop';
import type { LocalServer, WatchTools } from '@rind/interop';
import { parseSnapshot, parseTimestamp } from '@rind/metadata';
import { hasFsck, runFsck } from './fsck.ts';
import { OurClient } from './our-client.ts';
import { PublishedAudit } from './published-audit.ts';
import { changedStore, servePublished } from './published-store.ts';
import type { PublishedStore } from './published-store.ts';
import { ServedHistory } from './served-history.ts';
import type { AcceptedFile } from './upload-stream.ts';

export interface ControlOptions {
  /** A store that everybody found right. */
  readonly store: PublishedStore;
  readonly accepted: readonly AcceptedFile[];
  /** Bytes of a timestamp that it had once. */
  readonly oldTimestamp: Uint8Array;
  readonly rootFile: string;
  readonly tools: WatchTools;
  /** An empty folder. */
  readonly folder: string;
}

const noticeTimeoutMs = 120_000;
const timestampKey = 'metadata/timestamp.json';

/**
 * Whoever found nothing wrong in a run is shown things that are wrong, in a copy that only they see, and has to notice
 * each. Answers what was noticed; throws when something was not.
 */
export class Control {
  private readonly options: ControlOptions;
  private readonly changes = new Map<string, Uint8Array | null>();
  private readonly store: PublishedStore;
  private readonly noticed: string[] = [];

  constructor(options: ControlOptions) {
    this.options = options;
    this.store = changedStore(options.store, this.changes);
  }

  async run(): Promise<readonly string[]> {
    const { folder } = this.options;
    const server = await servePublished(this.store);
    try {
      mkdirSync(folder);
      await this.rollback(server);
      await this.missingBin(server);
      await this.otherBytes(server);
      await this.missingUpload();
    } finally {
      await server.close();
    }
    return this.noticed;
  }

  private async rollback(server: LocalServer): Promise<void> {
    const history = new ServedHistory(this.store, 5);
    const watch = this.watch(server, 'rollback', false);
    try {
      await watch.awaitRounds(1, noticeTimeoutMs);
      await until('the history has read', () => history.reads > 0);
      this.changes.set(timestampKey, this.options.oldTimestamp);
      await until(
        'the history notices a timestamp that went back',
        () => history.wrong.length > 0,
        noticeTimeoutMs,
      );
      await until('python-tuf notices it', () => watch.errors.length > 0, noticeTimeoutMs);
      this.expect(watch.errors[0]?.type === 'BadVersionNumberError', 'python-tuf: an old timestamp');
      this.expect(/^timestamp \d+ \(/.test(history.wrong[0]!), 'history: an old timestamp');
    } finally {
      this.changes.clear();
      watch.kill();
      await history.stop();
    }
  }

  private async missingBin(server: LocalServer): Promise<void> {
    const { rootFile, accepted } = this.options;
    const file = accepted[0]!;
    this.changes.set(await this.binOf(file), null);
    const watch = this.watch(server, 'missing-bin', true);
    try {
      watch.know(file.path, file.sha256);
      await until(
        'python-tuf notices a bin that is not there',
        () => watch.errors.length > 0,
        noticeTimeoutMs,
      );
      this.expect(watch.errors[0]?.type === 'DownloadHTTPError', 'python-tuf: a missing bin');
      const { findings } = await new PublishedAudit(this.store).look(accepted, accepted.length);
      this.expect(
        findings.some((finding) => finding.endsWith('is named by the snapshot and not there')),
        'audit: a missing bin',
      );
      if (hasFsck) this.expect((await runFsck(server.url, rootFile)).code !== 0, 'rind fsck: a missing bin');
    } finally {
      this.changes.clear();
      watch.kill();
    }
  }

  private async otherBytes(server: LocalServer): Promise<void> {
    const { accepted, rootFile } = this.options;
    const file = accepted[0]!;
    const key = `targets/packages/${file.project}/${file.sha256}.${file.filename}`;
    this.changes.set(key, new TextEncoder().encode('x'.repeat(file.bytes.length)));
    const refused = await new OurClient(server, rootFile).verify([file]).then(
      () => false,
      () => true,
    );
    const { findings } = await new PublishedAudit(this.store).look(accepted, accepted.length);
    this.changes.clear();
    this.expect(refused, 'our client: other bytes');
    this.expect(findings.includes(`${key} is not the file that was named`), 'audit: other bytes');
  }

  private async missingUpload(): Promise<void> {
    const { accepted } = this.options;
    const lost = { ...accepted[0]!, path: `${accepted[0]!.path}.lost` };
    const { findings } = await new PublishedAudit(this.store).look([...accepted, lost], accepted.length);
    this.expect(findings.includes(`${lost.path} is accepted and no target`), 'audit: a lost upload');
    const fewer = await new PublishedAudit(this.store).look(accepted, accepted.length - 1);
    this.expect(fewer.findings.length > 0, 'audit: a file that nobody uploaded');
  }

  /** Key of the bin that has the file. */
  private async binOf(file: AcceptedFile): Promise<string> {
    const { store } = this.options;
    const timestamp = parseTimestamp((await store.read(timestampKey))!).signed;
    const bytes = (await store.read(`metadata/${timestamp.snapshotMeta.version}.snapshot.json`))!;
    for (const [name, { version }] of parseSnapshot(bytes).signed.meta) {
      const key = `metadata/${version}.${name}`;
      const bin = await store.read(key);
      if (bin !== null && new TextDecoder().decode(bin).includes(`"${file.path}"`)) return key;
    }
    throw new Error(`no bin has ${file.path}`);
  }

  private watch(server: LocalServer, name: string, anew: boolean): TufWatch {
    const { tools, rootFile, folder } = this.options;
    const cache = join(folder, name);
    mkdirSync(cache);
    const place = { metadataUrl: `${server.url}metadata/`, targetsUrl: `${server.url}targets/` };
    return new TufWatch(tools, { ...place, root: rootFile, cache }, { anew });
  }

  private expect(holds: boolean, what: string): void {
    if (!holds) throw new Error(`the control was not noticed: ${what}`);
    this.noticed.push(what);
  }
}
