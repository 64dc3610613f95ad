/** Named points at which a test may stop or kill a writer, in the order in which it passes them. */
export const S3_STORE_POINTS = [
  'store.put.sending',
  'store.put.stored',
  'store.replace.sending',
  'store.replace.stored',
  'store.sync.done',
] as const;

export type S3StorePoint = (typeof S3_STORE_POINTS)[number];
