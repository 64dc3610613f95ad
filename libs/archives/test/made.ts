/** Archives as a test wants them, right or wrong. */
export { gzipped, int64, paxHeader, tarBytes, tarMember, zipBytes, zipExtra } from '@rind/testkit';
export type { TarMember, ZipEnd, ZipRecord } from '@rind/testkit';
