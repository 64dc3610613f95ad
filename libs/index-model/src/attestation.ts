import { parseJson } from '@rind/canonical-json';
import { RindError, utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { attestationRefusal } from './attestation-error.ts';
import type { AttestationError } from './attestation-error.ts';
import { statementOf } from './attested-statement.ts';
import type { AttestedFile } from './attested-statement.ts';

/** PEP 740 "Attestation objects", version 1. Members that the PEP does not know are not kept. */
export interface Attestation {
  readonly version: 1;
  readonly verification_material: {
    /** Base64 of an X.509 certificate in DER. */
    readonly certificate: string;
    /** Entries of a transparency log; what is in them is the log's. */
    readonly transparency_entries: readonly JsonObject[];
  };
  readonly envelope: {
    /** Base64 of an in-toto statement in JSON. */
    readonly statement: string;
    /** Base64. */
    readonly signature: string;
  };
}

export interface ParsedAttestation {
  readonly attestation: Attestation;
  /** DER. */
  readonly certificate: Uint8Array;
  /** The bytes that are signed, in DSSE's encoding. */
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}

/** One for each predicate type that PyPI knows. */
export const attestationPredicates: readonly string[] = [
  'https://docs.pypi.org/attestations/publish/v1',
  'https://slsa.dev/provenance/v1',
];

/** Bytes of the form's field. */
export const maxAttestationsBytes = 65_536;
const maxCertificateBytes = 8_192;
const maxSignatureBytes = 1_024;
const maxTransparencyEntries = 8;

/**
 * The attestations of an upload (PEP 740): each about this very file, of a known kind, one of a kind. Whether the
 * signatures hold is for whoever can verify them.
 * @param text the form's field
 * @throws AttestationError
 */
export function parseAttestations(text: string, file: AttestedFile): readonly ParsedAttestation[] {
  const list = parse(text);
  if (!Array.isArray(list)) throw malformed('not a list');
  if (list.length === 0) throw malformed('an empty attestation set is not permitted');
  const maxAttestations = attestationPredicates.length;
  if (list.length > maxAttestations) {
    const sentence = `A maximum of ${maxAttestations} attestations per file are supported`;
    throw attestationRefusal('attestations.too-many', sentence, { maxAttestations });
  }
  const parsed = list.map((one: JsonValue) => attestationOf(object(one, 'attestation')));
  const seen = new Set<string>();
  for (const { statement } of parsed) {
    const { predicateType } = statementOf(statement, file);
    checkPredicate(predicateType, seen);
    seen.add(predicateType);
  }
  return parsed;
}

function checkPredicate(predicateType: string, seen: ReadonlySet<string>): void {
  if (!attestationPredicates.includes(predicateType)) {
    const shown = predicateType.slice(0, 200);
    const sentence = `Attestation with unsupported predicate type: ${shown}`;
    throw attestationRefusal('attestations.predicate-unsupported', sentence, { predicateType: shown });
  }
  if (seen.has(predicateType)) {
    const sentence = `Multiple attestations for the same file with the same predicate type (${predicateType}) are not supported`;
    throw attestationRefusal('attestations.predicate-repeated', sentence, { predicateType });
  }
}

function attestationOf(value: JsonObject): ParsedAttestation {
  if (value['version'] !== 1) throw malformed('version is not 1');
  const material = object(value['verification_material'], 'verification_material');
  const envelope = object(value['envelope'], 'envelope');
  const entries = material['transparency_entries'];
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > maxTransparencyEntries) {
    throw malformed(`transparency_entries is not a list of 1 to ${maxTransparencyEntries}`);
  }
  const certificate = base64(material['certificate'], 'certificate', maxCertificateBytes);
  const statement = base64(envelope['statement'], 'statement', maxAttestationsBytes);
  const signature = base64(envelope['signature'], 'signature', maxSignatureBytes);
  return {
    attestation: {
      version: 1,
      verification_material: {
        certificate: certificate.text,
        transparency_entries: entries.map((entry: JsonValue) => object(entry, 'transparency entry')),
      },
      envelope: { statement: statement.text, signature: signature.text },
    },
    certificate: certificate.bytes,
    statement: statement.bytes,
    signature: signature.bytes,
  };
}

/** Strict base64 with padding (RFC 4648 §4). */
function base64(value: JsonValue | undefined, what: string, maxBytes: number) {
  if (typeof value !== 'string' || value === '') throw malformed(`${what} is not a text`);
  const wellFormed = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
  if (!wellFormed) throw malformed(`${what} is not base64`);
  const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  if (bytes.length > maxBytes) throw malformed(`${what} is longer than ${maxBytes} bytes`);
  return { text: value, bytes };
}

function object(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw malformed(`${what} is not an object`);
}

function parse(text: string): JsonValue {
  try {
    return parseJson(utf8(text), { maxBytes: maxAttestationsBytes, maxDepth: 32, floats: 'allow' });
  } catch (cause) {
    if (!(cause instanceof RindError)) throw cause;
    throw malformed('not JSON', cause);
  }
}

function malformed(problem: string, cause?: unknown): AttestationError<'attestations.malformed'> {
  return attestationRefusal(
    'attestations.malformed',
    `Malformed attestations: ${problem}`,
    { problem },
    cause,
  );
}
