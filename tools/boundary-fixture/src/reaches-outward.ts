/** A kernel project that imports a port: must be refused by the layer rule, or the rule does not run. */
export { StorageError } from '@rind/storage-port';
