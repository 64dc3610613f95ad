import { readFileSync } from 'node:fs';
import { Updater } from '@rind/client';
import { HttpFetcher } from '@rind/client-node';
import type { MetadataStore } from '@rind/client-port';
import { hashHex } from '@rind/crypto';
import type { LocalServer } from '@rind/interop';
import { systemClock } from '@rind/kernel';
import type { AcceptedFile } from './upload-stream.ts';

/** Our own verifying client on the served store, with nothing tried twice; it trusts what it trusted last time. */
export class OurClient {
  private readonly memory = new Map<string, Uint8Array>();
  private readonly server: LocalServer;
  private readonly root: Uint8Array;

  /** @param rootFile the first root */
  constructor(server: LocalServer, rootFile: string) {
    this.server = server;
    this.root = readFileSync(rootFile);
  }

  /** Downloads every file; throws when one is not there, or not what was uploaded. Answers how many. */
  async verify(files: readonly AcceptedFile[]): Promise<number> {
    const { memory } = this;
    const store: MetadataStore = {
      read: async (role) => memory.get(role) ?? null,
      write: async (role, bytes) => void memory.set(role, bytes),
      delete: async (role) => void memory.delete(role),
    };
    const updater = new Updater({
      fetcher: new HttpFetcher({ retry: { retries: 0 } }),
      store,
      clock: systemClock(),
      metadataUrl: `${this.server.url}metadata/`,
      targetsUrl: `${this.server.url}targets/`,
      bootstrapRoot: this.root,
    });
    await updater.refresh();
    for (const { path, sha256 } of files) {
      if (hashHex('sha256', await updater.download(path)) !== sha256) {
        throw new Error(`${path} has other bytes than were uploaded`);
      }
    }
    return files.length;
  }
}
