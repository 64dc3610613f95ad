/** The named points of a publication at which a test may kill or stop this process, in order; the store in use adds its own. */
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
] as const;

/** The named points of a sweep that deletes, in order: no publication passes them. */
export const sweepPoints = ['gc-condemned', 'gc-deleted', 'gc-confirmed'] as const;
