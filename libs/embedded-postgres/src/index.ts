export { startPostgres } from './postgres.ts';
export type { Postgres, PostgresOptions } from './postgres.ts';
export type { Durability } from './server.ts';
export { clusterFolder, runAs } from './location.ts';
export type { RunAs } from './location.ts';
export { PostgresError } from './errors.ts';
export type { PostgresErrorCode } from './errors.ts';
export { startTestPostgres } from './test-postgres.ts';
export type { TestPostgres } from './test-postgres.ts';
