import { fromUtf8, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { AttestationError } from './attestation-error.ts';
import { attestationPredicates, maxAttestationsBytes, parseAttestations } from './attestation.ts';
import { renderProvenance } from './provenance.ts';

const file = { filename: 'demo-1.0.tar.gz', sha256: 'ab'.repeat(32) };
const base64 = (value: unknown) => btoa(typeof value === 'string' ? value : JSON.stringify(value));
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: file.filename, digest: { sha256: file.sha256 } }],
  predicateType: attestationPredicates[0],
  predicate: null,
};
const material = { certificate: 'AQID', transparency_entries: [{ logIndex: '1' }] };
const one = (changes: Record<string, unknown> = {}, stated: unknown = statement) => ({
  version: 1,
  verification_material: material,
  envelope: { statement: base64(stated), signature: 'BAU=' },
  ...changes,
});
const about = (changes: Record<string, unknown>) => one({}, { ...statement, ...changes });
const parse = (list: unknown) => parseAttestations(JSON.stringify(list), file);

function codeOf(list: unknown): string {
  try {
    parseAttestations(typeof list === 'string' ? list : JSON.stringify(list), file);
  } catch (error) {
    if (error instanceof AttestationError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('attestations', () => {
  it('are read with the bytes that their signatures are about', () => {
    const [first, second] = parse([one(), about({ predicateType: attestationPredicates[1] })]);
    expect(first!.certificate).toEqual(new Uint8Array([1, 2, 3]));
    expect(first!.signature).toEqual(new Uint8Array([4, 5]));
    expect(JSON.parse(fromUtf8(first!.statement))).toEqual(statement);
    expect(second!.attestation.version).toBe(1);
  });

  it('keep the members that PEP 740 knows, and no others', () => {
    const odd = one({ x: 1, verification_material: { ...material, y: 2 } });
    expect(parse([odd]).map(({ attestation }) => attestation)).toEqual([one()]);
  });

  it('make a provenance object with their publisher', () => {
    const publisher = { kind: 'GitHub', claims: { repository: 'a/b', workflow: 'c', environment: null } };
    const bytes = renderProvenance(
      publisher,
      parse([one()]).map(({ attestation }) => attestation),
    );
    expect(JSON.parse(fromUtf8(bytes))).toEqual({
      version: 1,
      attestation_bundles: [
        {
          publisher: { kind: 'GitHub', repository: 'a/b', workflow: 'c', environment: null },
          attestations: [one()],
        },
      ],
    });
  });

  it('may fill the field, and not overfill it', () => {
    const padded = (length: number) => {
      const text = JSON.stringify([one()]);
      return text + ' '.repeat(length - utf8(text).length);
    };
    expect(codeOf(padded(maxAttestationsBytes))).toBe('accepted');
    expect(codeOf(padded(maxAttestationsBytes + 1))).toBe('attestations.malformed');
  });

  it.each<[string, unknown]>([
    ['no JSON', '['],
    ['nothing', ''],
    ['an object', one()],
    ['none', []],
    ['a text among them', ['x']],
    ['another version', [one({ version: 2 })]],
    ['a version that is a text', [one({ version: '1' })]],
    ['no verification material', [one({ verification_material: undefined })]],
    ['no envelope', [one({ envelope: undefined })]],
    ['no certificate', [one({ verification_material: { ...material, certificate: undefined } })]],
    ['an empty certificate', [one({ verification_material: { ...material, certificate: '' } })]],
    ['a certificate in base64url', [one({ verification_material: { ...material, certificate: '-_-_' } })]],
    ['a certificate without padding', [one({ verification_material: { ...material, certificate: 'AQ' } })]],
    [
      'a certificate beyond its bound',
      [one({ verification_material: { ...material, certificate: 'AAAA'.repeat(2_731) } })],
    ],
    ['no log entry', [one({ verification_material: { ...material, transparency_entries: [] } })]],
    [
      'a log entry that is a text',
      [one({ verification_material: { ...material, transparency_entries: ['x'] } })],
    ],
    [
      'nine log entries',
      [one({ verification_material: { ...material, transparency_entries: Array(9).fill({}) } })],
    ],
    ['no signature', [one({ envelope: { statement: base64(statement) } })]],
    ['a statement that is an object', [one({ envelope: { statement, signature: 'BAU=' } })]],
  ])('with %s are malformed', (_what, list) => {
    expect(codeOf(list)).toBe('attestations.malformed');
  });

  it.each<[string, unknown]>([
    ['no JSON', one({}, '{')],
    ['a list', one({}, [])],
    ['another type', about({ _type: 'https://in-toto.io/Statement/v0.1' })],
    ['no predicate type', about({ predicateType: undefined })],
    ['no subject', about({ subject: [] })],
    ['two subjects', about({ subject: [statement.subject[0], statement.subject[0]] })],
    ['a subject without name', about({ subject: [{ digest: { sha256: file.sha256 } }] })],
    ['another name', about({ subject: [{ ...statement.subject[0], name: 'demo-1.0.zip' }] })],
    ['another digest', about({ subject: [{ name: file.filename, digest: { sha256: 'cd'.repeat(32) } }] })],
    ['another algorithm', about({ subject: [{ name: file.filename, digest: { sha512: file.sha256 } }] })],
  ])('whose statement has %s are not about the file', (_what, attestation) => {
    expect(codeOf([attestation])).toBe('attestations.subject-mismatch');
  });

  it('are of a known kind, and one of a kind', () => {
    expect(codeOf([about({ predicateType: 'https://slsa.dev/provenance/v0.2' })])).toBe(
      'attestations.predicate-unsupported',
    );
    expect(codeOf([one(), one()])).toBe('attestations.predicate-repeated');
    expect(codeOf([one(), one(), one()])).toBe('attestations.too-many');
  });
});
