export { readTarGz } from './tar-gz.ts';
export { readZip } from './zip.ts';
export { archiveLimits } from './archive.ts';
export type { Archive, ArchiveLimits, ArchiveMember, Wanted } from './archive.ts';
export { ArchiveError } from './errors.ts';
export type { ArchiveErrorCode } from './errors.ts';
export type { TarReason } from './tar-reasons.ts';
export type { ZipReason } from './zip-reasons.ts';
