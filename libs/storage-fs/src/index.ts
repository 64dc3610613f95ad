export { openFsStore } from './fs-store.ts';
export type { FsStore, FsStoreOptions } from './fs-store.ts';
export { openFsStoreSync } from './put-new-sync.ts';
export type { FsStoreSync, FsStoreSyncOptions } from './put-new-sync.ts';
export { FS_STORE_POINTS } from './checkpoints.ts';
export type { FsStorePoint } from './checkpoints.ts';
