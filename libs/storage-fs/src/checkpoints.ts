/** Named points at which a test may stop or kill a writer, in the order in which it passes them. */
export const FS_STORE_POINTS = [
  'store.put.written',
  'store.put.linked',
  'store.replace.prepared',
  'store.replace.claimed',
  'store.replace.durable',
  'store.replace.compared',
  'store.replace.visible',
  'store.sync.done',
] as const;

export type FsStorePoint = (typeof FS_STORE_POINTS)[number];

/** A checkpoint that may also make the writer wait: how unit tests hold one writer back inside one process. */
export type Pause = (point: FsStorePoint) => void | Promise<void>;
