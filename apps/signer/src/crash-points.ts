import { FS_STORE_POINTS } from '@rind/storage-fs';

/** The named points of a publication at which a test may kill or stop this process, in order. */
export const signerPoints = [
  'lease-taken',
  'takeover-decided',
  'batch-taken',
  'before-open',
  'after-open',
  'after-pages',
  'after-bins',
  'snapshot-signed',
  'after-snapshot',
  'after-sync',
  'before-prepare',
  'after-prepare',
  'before-swap',
  'after-swap',
  'before-close',
  'after-close',
  ...FS_STORE_POINTS,
] as const;

export type SignerPoint = (typeof signerPoints)[number];
