import { FetchError } from '@rind/client-port';
import { RindError } from '@rind/kernel';

interface ClientErrors {
  /** Not the metadata it should be; `problem` is the parser's own code, `cause` its error. */
  'verify.malformed': { problem: string };
  /** Fewer keys than needed signed: `valid` of `threshold`. */
  'verify.threshold': { threshold: number; valid: number };
  /** Older than what was trusted before; `file` is the entry when it is not the document's own version. */
  'verify.version-rollback': { trusted: number; received: number; file?: string };
  /** Not the version that the file's name, or the role above, promises. */
  'verify.version-mismatch': { expected: number; received: number };
  /** `expires` as written, `YYYY-MM-DDTHH:MM:SSZ`. */
  'verify.expired': { expires: string };
  'verify.hash-mismatch': { algorithm: string };
  /** `received` bytes, or null when there were more than `expected` and the rest was not read. */
  'verify.length-mismatch': { expected: number; received: number | null };
  /** Only hash algorithms are listed that are unknown here. */
  'verify.unsupported-hash': { algorithms: readonly string[] };
  /** A file of unknown length is longer than this client reads. */
  'verify.too-large': { maxBytes: number };
  /** The new snapshot no longer lists `missing`. */
  'verify.role-vanished': { missing: string };
  /** The role is delegated to, but the snapshot does not list it. */
  'verify.role-not-listed': { file: string };
  /** The document says, signed, that it was made for the role `found`. */
  'verify.wrong-role-name': { expected: string; found: string };
  /** Metadata that has to exist is not served. */
  'role.missing': { url: string };
  /** No role that is trusted with the path lists it. */
  'target.not-found': { path: string };
  /** The target is listed, its content is not served. */
  'target.missing': { path: string; url: string };
  'target.hash-mismatch': { path: string; algorithm: string };
  'target.length-mismatch': { path: string; expected: number; received: number | null };
  /** A file of unknown length is longer than this client reads. */
  'target.too-large': { path: string; maxBytes: number };
  'target.unsupported-hash': { path: string; algorithms: readonly string[] };
  /** The path could point outside of the repository, or mean another file there. */
  'target.bad-path': { path: string };
  /** The signed page of a project is not one, or another's; `problem` says in what. */
  'page.malformed': { path: string; problem: string };
  /** The signed page of a project and the file's own target contradict each other in `field`. */
  'page.mismatch': { path: string; field: 'sha256' | 'size'; page: string; target: string };
  /** More new roots than are followed in one refresh; the next refresh goes on from there. */
  'client.too-many-roots': { maxRootRotations: number };
  /** The search was cut off before it could say whether the target exists. */
  'client.too-many-delegations': { path: string; maxDelegations: number };
  /** Trust in the store was asked for, and the store has no root. */
  'client.no-root': Record<never, never>;
  /** The caller skipped a step. */
  'client.out-of-order': { needed: string };
}

export type ClientErrorCode = keyof ClientErrors;

/** Where a refusal happened: what each error's details carry besides its own facts. */
export interface Place {
  /** The role whose document was at hand. */
  readonly role: string;
  /** The step of the specification, e.g. `TUF 1.0.34 §5.3.4`. */
  readonly spec: string;
}

export type ClientErrorDetails<Code extends ClientErrorCode = ClientErrorCode> = ClientErrors[Code] &
  Place & {
    /** One sentence for people. */
    readonly reason: string;
  };

/** A refusal, or a repository that cannot be followed. Failures of the network are a `FailedTransfer`. */
export class ClientError<Code extends ClientErrorCode = ClientErrorCode> extends RindError<
  Code,
  ClientErrorDetails<Code>
> {
  constructor(code: Code, { role, spec }: Place, facts: ClientErrors[Code], options?: { cause?: unknown }) {
    const reason = printable((reasons[code] as (facts: ClientErrors[Code]) => string)(facts));
    const details = Object.assign({ role, spec, reason }, facts);
    super(code, `${printable(role)}: ${reason} (${spec})`, details, options);
  }
}

/**
 * A transfer that failed: the `FetchError` of the fetcher with its code and its facts, and in its details the `Place`
 * and the `reason` that refusals have too. Whoever is kept waiting (TUF 1.0.34 §1.5.2) is told for what.
 */
export class FailedTransfer extends FetchError {
  constructor(cause: FetchError, { role, spec }: Place) {
    const reason = printable(cause.message);
    const details = Object.assign({ role, spec, reason }, cause.details);
    super(cause.code, `${printable(role)}: ${reason} (${spec})`, details, { cause });
  }
}

/** Names in metadata are other people's: none may move the cursor of the terminal that shows them. */
function printable(text: string): string {
  return text.replace(/\p{Control}/gu, '\ufffd');
}

const bytes = (received: number | null): string => (received === null ? 'more' : `${received}`);

const reasons: { readonly [Code in ClientErrorCode]: (facts: ClientErrors[Code]) => string } = {
  'verify.malformed': ({ problem }) => `not valid metadata: ${problem}`,
  'verify.threshold': ({ threshold, valid }) => `${valid} of ${threshold} needed signatures are valid`,
  'verify.version-rollback': ({ trusted, received, file }) =>
    `version ${received}${file === undefined ? '' : ` of ${file}`} is older than the trusted version ${trusted}`,
  'verify.version-mismatch': ({ expected, received }) => `version ${received} instead of ${expected}`,
  'verify.expired': ({ expires }) => `expired at ${expires}`,
  'verify.hash-mismatch': ({ algorithm }) => `the ${algorithm} differs from the listed one`,
  'verify.length-mismatch': ({ expected, received }) => `${bytes(received)} bytes instead of ${expected}`,
  'verify.unsupported-hash': ({ algorithms }) => `no known hash algorithm among ${algorithms.join(', ')}`,
  'verify.too-large': ({ maxBytes }) => `longer than ${maxBytes} bytes`,
  'verify.role-vanished': ({ missing }) => `${missing} is no longer listed`,
  'verify.role-not-listed': ({ file }) => `${file} is not listed in snapshot`,
  'verify.wrong-role-name': ({ expected, found }) => `the document is for ${found}, not for ${expected}`,
  'role.missing': ({ url }) => `not served at ${url}`,
  'target.not-found': ({ path }) => `no trusted role lists ${path}`,
  'target.missing': ({ path, url }) => `${path} is listed but not served at ${url}`,
  'target.hash-mismatch': ({ path, algorithm }) => `the ${algorithm} of ${path} differs from the listed one`,
  'target.length-mismatch': ({ path, expected, received }) =>
    `${path} has ${bytes(received)} bytes instead of ${expected}`,
  'target.too-large': ({ path, maxBytes }) => `${path} is longer than ${maxBytes} bytes`,
  'target.unsupported-hash': ({ path, algorithms }) =>
    `no known hash algorithm for ${path} among ${algorithms.join(', ')}`,
  'target.bad-path': ({ path }) => `${JSON.stringify(path)} is not a safe relative path`,
  'page.malformed': ({ path, problem }) => `${path} is not a project page: ${problem}`,
  'page.mismatch': ({ path, field, page, target }) =>
    `${field} of ${path} is ${page} on the page and ${target} as target`,
  'client.too-many-roots': ({ maxRootRotations }) =>
    `more than ${maxRootRotations} new roots; refresh again to go on`,
  'client.too-many-delegations': ({ path, maxDelegations }) =>
    `gave up the search for ${path} after ${maxDelegations} delegations`,
  'client.no-root': () => 'the store has no trusted root',
  'client.out-of-order': ({ needed }) => `needs ${needed} first`,
};
