import { pageObjectKey } from '@rind/index-model';
import type { ProjectName, Sha256Hex } from '@rind/kernel';
import type { ProjectStatus } from '@rind/queue-port';
import type { ObjectStore } from '@rind/storage-port';
import type { IndexRows } from '../database/index-database.ts';
import { WarehouseError } from '../errors.ts';
import { ByteCache } from '../store/byte-cache.ts';

/** A project whose page is signed and published. */
export interface SignedProject {
  readonly name: ProjectName;
  readonly status: ProjectStatus;
  /** Of the page, lower-case hex. */
  readonly pageSha256: Sha256Hex;
  /** Number of the publication that last changed it. */
  readonly serial: number;
}

const maxPageBytes = 33_554_432;

/** What was last published about projects: rows that change when a publication closes, and the pages that they name. */
export class SignedProjects {
  private readonly rows: IndexRows;
  private readonly store: ObjectStore;
  private readonly cache: ByteCache;

  /** @param cacheBytes of pages that are kept; 0 for a reader of every page once, which would only push out the others */
  constructor(rows: IndexRows, store: ObjectStore, cacheBytes = 67_108_864) {
    this.rows = rows;
    this.store = store;
    this.cache = new ByteCache(cacheBytes);
  }

  /** @throws WarehouseError `project.not-found` */
  async find(name: ProjectName): Promise<SignedProject> {
    const row = await this.rows.signedProject.findUnique({ where: { name } });
    if (row === null || row.pageSha256 === null)
      throw new WarehouseError('project.not-found', 'no such project', {});
    return {
      name,
      status: row.status as ProjectStatus,
      pageSha256: row.pageSha256 as Sha256Hex,
      serial: Number(row.publicationId),
    };
  }

  /** The signed bytes themselves. @throws WarehouseError `page.missing` */
  async page(project: SignedProject): Promise<Uint8Array> {
    const { name, pageSha256 } = project;
    const bytes = await this.cache.get(pageSha256, async () => {
      const stored = await this.store.get(pageObjectKey(name, pageSha256), maxPageBytes);
      return stored?.bytes ?? null;
    });
    if (bytes === null)
      throw new WarehouseError('page.missing', 'the page is not in the store', { project: name });
    return bytes;
  }

  /** What `make` makes of the page; kept as long as there is room. */
  async rendered(
    project: SignedProject,
    form: string,
    make: (page: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array> {
    return this.cache.get(`${form}:${project.pageSha256}`, async () => make(await this.page(project)));
  }
}
