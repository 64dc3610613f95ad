export { MemoryMetadataStore } from './memory-metadata-store.ts';
export { RepositorySimulator } from './repository-simulator.ts';
export { ServedFiles } from './served-files.ts';
export type { Fault, FetchRequest } from './served-files.ts';
export { signedBy } from './published.ts';
export type { Forgery, Published } from './published.ts';
export type { SimulatorOptions } from './simulated-repository.ts';
export { aliasOf, keyMapOf, testKey } from './test-key.ts';
export type { TestKey } from './test-key.ts';
