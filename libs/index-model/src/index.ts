import { canonicalBytes, parseJson } from '@rind/canonical-json';
import { keyIdOf, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { RindError, concatBytes, equalBytes, fromHex, utf8 } from '@rind/kernel';
import type { JsonObject, KeyId, ProjectName, TargetPath } from '@rind/kernel';
export class GrantError extends RindError {}
export type GrantVerb = 'add' | 'yank' | 'unyank' | 'delete' | 'restore' | 'status' | 'revoke' | 'import';
export interface Grant { v: 1; repository: string; id: string; seq: number; verb: GrantVerb; project: ProjectName; filename?: string; digests?: { sha256: string; sha512: string; blake2b256: string }; length?: number; requiresPython?: string; uploadedAt?: string; reason?: string; status?: 'active' | 'archived' | 'quarantined' | 'deprecated'; actor: string; how: string; iat: number; exp: number }
export interface SignedGrant { grant: Grant; keyid: KeyId; sig: string }
export interface GrantKey { key: PublicKey; issuer: 'auth' | 'operator'; verbs: readonly GrantVerb[] }
export interface VerifiedGrant { grant: Grant; issuer: 'auth' | 'operator' }
export const grantDomain = 'rind-grant-v1\n';
export const grantVerbsOf = (i: 'auth' | 'operator'): readonly GrantVerb[] => i === 'auth' ? ['add', 'yank', 'unyank', 'delete', 'restore', 'status'] : ['yank', 'unyank', 'delete', 'restore', 'status', 'revoke', 'import'];
export const grantMessage = (g: Grant): Uint8Array => concatBytes(utf8(grantDomain), canonicalBytes(g as unknown as JsonObject));
export const serializeSignedGrant = (s: SignedGrant): Uint8Array => canonicalBytes(s as unknown as JsonObject);
export function parseSignedGrant(b: Uint8Array): SignedGrant { try { const v = parseJson(b) as unknown as SignedGrant; if (!v.grant?.id || !equalBytes(serializeSignedGrant(v), b)) throw new Error('x'); return v; } catch (cause) { throw new GrantError('grant.malformed', 'malformed', {}, { cause }); } }
export function verifyGrant(b: Uint8Array, trusted: ReadonlyMap<KeyId, GrantKey>, expect: { repository: string }): VerifiedGrant { const s = parseSignedGrant(b); const k = trusted.get(s.keyid); if (!k) throw new GrantError('grant.unknown-key', 'unknown key', {}); if (!verifySignature(k.key, grantMessage(s.grant), fromHex(s.sig))) throw new GrantError('grant.bad-signature', 'bad sig', {}); if (s.grant.repository !== expect.repository) throw new GrantError('grant.wrong-repository', 'wrong repo', {}); if (!k.verbs.includes(s.grant.verb)) throw new GrantError('grant.verb-not-allowed', 'verb', {}); return { grant: s.grant, issuer: k.issuer }; }
export const grantTargetPath = (g: Grant): TargetPath => g.verb === 'status' ? pageTargetPath(g.project) : packageTargetPath(g.project, g.filename!);
export const normalizeName = (r: string): ProjectName => r.replace(/[-_.]+/g, '-').toLowerCase() as ProjectName;
export const parseProjectName = (r: string): ProjectName => { if (!/^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i.test(r)) throw new RindError('name.invalid', 'bad name', {}); return normalizeName(r); };
export const packageTargetPath = (p: ProjectName, f: string): TargetPath => `packages/${p}/${f}` as TargetPath;
export const pageTargetPath = (p: ProjectName): TargetPath => `simple/${p}/index.json` as TargetPath;
export const packageObjectKey = (p: ProjectName, s: string, f: string): string => `targets/packages/${p}/${s}.${f}`;
export const pageObjectKey = (p: ProjectName, s: string): string => `targets/simple/${p}/${s}.index.json`;
export interface PageFile { filename: string; sha256: string; size: number; uploadTime: string; requiresPython?: string; yanked: boolean | string; coreMetadataSha256?: string }
export interface ProjectPage { name: string; status: string; statusReason?: string; files: readonly PageFile[] }
export function parseDistribution(f: string): { kind: 'wheel' | 'sdist'; project: ProjectName; version: string } { if (f.endsWith('.whl')) { const [n, v] = f.split('-'); return { kind: 'wheel', project: normalizeName(n!), version: v! }; } const b = f.replace(/\.(tar\.gz|zip)$/, ''); const i = b.lastIndexOf('-'); return { kind: 'sdist', project: normalizeName(b.slice(0, i)), version: b.slice(i + 1) }; }
export const parseVersion = (v: string): { isPrerelease: boolean } => ({ isPrerelease: /[a-z]/.test(v) });
export const compareVersions = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });
export function renderProjectPage(p: { name: string; status: string; statusReason?: string; files: readonly PageFile[] }): Uint8Array { const files = p.status === 'quarantined' ? [] : [...p.files].sort((a, b) => compareVersions(parseDistribution(a.filename).version, parseDistribution(b.filename).version) || (a.filename < b.filename ? -1 : 1)); return canonicalBytes({ meta: { 'api-version': '1.4' }, name: p.name, 'project-status': { status: p.status, ...(p.statusReason ? { reason: p.statusReason } : {}) }, versions: [...new Set(files.map((f) => parseDistribution(f.filename).version))], files: files.map((f) => ({ filename: f.filename, url: `../../packages/${p.name}/${f.sha256}/${f.filename}`, hashes: { sha256: f.sha256 }, size: f.size, 'upload-time': f.uploadTime, yanked: f.yanked, ...(f.requiresPython ? { 'requires-python': f.requiresPython } : {}), ...(f.coreMetadataSha256 ? { 'core-metadata': { sha256: f.coreMetadataSha256 } } : {}) })) }); }
export const uploadTime = (ms: number): string => new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
export function parseUploadForm(..._a: unknown[]): never { throw new Error('later'); }
void keyIdOf;
