declare const brand: unique symbol;

/** A string (or number) that must not be mixed with others of the same type. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** 64 lower-case hex digits. */
export type Sha256Hex = Brand<string, 'Sha256Hex'>;
/** Lower-case hex SHA-256 of a key's canonical form (TUF 1.0.34 §4.2), or a foreign repository's unique string. */
export type KeyId = Brand<string, 'KeyId'>;
/** Path of a target relative to the targets base URL, e.g. `packages/six/six-1.0.tar.gz`. */
export type TargetPath = Brand<string, 'TargetPath'>;
/** A project name in PEP 503 normal form. */
export type ProjectName = Brand<string, 'ProjectName'>;
