import { findServerBinary } from './binary.ts';

/** Run once before all files of tests: building the server takes minutes, and no test should wait for that. */
export async function setup(): Promise<void> {
  await findServerBinary();
}
