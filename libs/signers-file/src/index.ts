export { createKeyFile, publicPathOf } from './create-key-file.ts';
export type { CreatedKey, NewKeyFile } from './create-key-file.ts';
export { openKeyFile, openKeyFileSync } from './open-key-file.ts';
export type { KeyFile, SyncSigner } from './open-key-file.ts';
