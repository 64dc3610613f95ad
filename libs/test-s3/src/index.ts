export { S3ServerMissing, findServerBinary } from './binary.ts';
export { startS3Server } from './server.ts';
export type { S3Server, S3ServerOptions } from './server.ts';
export { startFaultProxy } from './fault-proxy.ts';
export type { FaultKind, FaultProxy, Match, ProxiedRequest } from './fault-proxy.ts';
export type { RandomFaultKind, RandomFaults } from './seeded-faults.ts';
export { startUnfitServer } from './unfit-server.ts';
export type { Flaw, UnfitServer } from './unfit-server.ts';
