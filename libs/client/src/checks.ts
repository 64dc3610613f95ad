/** The single checks of which the workflow consists; each refuses with the place it was given. */
import { isRindError } from '@rind/kernel';
import type { KeyMap, Metadata, RoleKeys, Root } from '@rind/metadata';
import { isExpired, parseRoot, verifyThreshold } from '@rind/metadata';
import { ClientError } from './errors.ts';
import type { Place } from './errors.ts';

export function at(role: string, spec: string): Place {
  return { role, spec };
}

/** The document in `bytes`; whatever a parser has against it becomes `verify.malformed`. */
export function parsed<Document>(
  parse: (bytes: Uint8Array) => Document,
  bytes: Uint8Array,
  place: Place,
): Document {
  try {
    return parse(bytes);
  } catch (cause) {
    if (!isRindError(cause)) throw cause;
    throw new ClientError('verify.malformed', place, { problem: cause.code }, { cause });
  }
}

/** `verify.threshold` unless enough of the role's keys signed. */
export function requireThreshold(metadata: Metadata, role: RoleKeys, keys: KeyMap, place: Place): void {
  const { ok, valid, threshold } = parsed(() => verifyThreshold(metadata, role, keys), metadata.bytes, place);
  if (!ok) throw new ClientError('verify.threshold', place, { threshold, valid: valid.length });
}

/** `verify.version-mismatch` unless the document has this version. */
export function requireVersion({ signed }: Metadata, expected: number, place: Place): void {
  const received = signed.version;
  if (received !== expected) throw new ClientError('verify.version-mismatch', place, { expected, received });
}

/** `verify.expired` from the moment of expiry on. */
export function requireFresh({ signed }: Metadata, nowMs: number, place: Place): void {
  if (isExpired(signed, nowMs)) throw new ClientError('verify.expired', place, { expires: signed.expires });
}

/**
 * A root that somebody vouches for (TUF 1.0.34 §5.2), expired or not. That it carries a threshold of its own keys'
 * signatures proves nothing; that it does not proves a mistake.
 */
export function readTrustedRoot(bytes: Uint8Array): Metadata<Root> {
  const place = at('root', 'TUF 1.0.34 §5.2');
  const root = parsed(parseRoot, bytes, place);
  requireThreshold(root, root.signed.roles.root, root.signed.keys, place);
  return root;
}

/** A step was asked for before the one that it rests on: a mistake of the caller, never of the repository. */
export function outOfOrder(role: string, needed: string): never {
  throw new ClientError('client.out-of-order', at(role, 'TUF 1.0.34 §5'), { needed });
}
