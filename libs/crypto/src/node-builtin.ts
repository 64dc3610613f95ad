/** The part of `process` that gives out built-in modules without an import that a bundler would follow. */
interface BuiltinHost {
  readonly process?: { getBuiltinModule?(id: string): unknown };
}

export type NodeCrypto = typeof import('node:crypto');

/** Node's own crypto module, or undefined in a browser. */
export function nodeCrypto(): NodeCrypto | undefined {
  return (globalThis as BuiltinHost).process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
}
