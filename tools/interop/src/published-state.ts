import { createHash } from 'node:crypto';

interface Meta {
  readonly [file: string]: { readonly version: number };
}

/** What a repository serves at one moment: the bytes an attacker can keep for later. */
export class PublishedState {
  readonly timestamp: Uint8Array;
  readonly snapshotVersion: number;
  readonly snapshot: Uint8Array;
  private readonly metadataUrl: string;
  private readonly meta: Meta;
  private readonly bins: { readonly bitLength: number; readonly namePrefix: string };

  private constructor(fields: Pick<PublishedState, 'timestamp' | 'snapshotVersion' | 'snapshot'> & Private) {
    this.timestamp = fields.timestamp;
    this.snapshotVersion = fields.snapshotVersion;
    this.snapshot = fields.snapshot;
    this.metadataUrl = fields.metadataUrl;
    this.meta = fields.meta;
    this.bins = fields.bins;
  }

  static async read(metadataUrl: string): Promise<PublishedState> {
    const timestamp = await bytesOf(`${metadataUrl}timestamp.json`);
    const { meta: top } = signedOf(timestamp) as { meta: Meta };
    const snapshotVersion = versionIn(top, 'snapshot');
    const snapshot = await bytesOf(`${metadataUrl}${snapshotVersion}.snapshot.json`);
    const { meta } = signedOf(snapshot) as { meta: Meta };
    const bins = await binsOf(metadataUrl, meta);
    return new PublishedState({ timestamp, snapshotVersion, snapshot, metadataUrl, meta, bins });
  }

  /** The bin of a target path (TAP 15): the first bits of the path's SHA-256. */
  binOf(path: string): string {
    const { bitLength, namePrefix } = this.bins;
    const digits = (2 ** bitLength - 1).toString(16).length;
    const index = createHash('sha256').update(path).digest().readUInt32BE(0) >>> (32 - bitLength);
    return `${namePrefix}-${index.toString(16).padStart(digits, '0')}`;
  }

  /** The file name under which clients of this state ask for a role. */
  fileOf(role: string): string {
    return `${versionIn(this.meta, role)}.${role}.json`;
  }

  /** The role's document in this state. */
  bytesOf(role: string): Promise<Uint8Array> {
    return bytesOf(`${this.metadataUrl}${this.fileOf(role)}`);
  }
}

/** The succinct delegation (TAP 15) of `targets`, or of the role that `targets` delegates everything to. */
async function binsOf(metadataUrl: string, meta: Meta): Promise<Private['bins']> {
  let role = 'targets';
  for (let depth = 0; depth < 2; depth++) {
    const { delegations } = signedOf(
      await bytesOf(`${metadataUrl}${versionIn(meta, role)}.${role}.json`),
    ) as {
      delegations?: {
        roles?: readonly { name: string }[];
        succinct_roles?: { bit_length: number; name_prefix: string };
      };
    };
    const succinct = delegations?.succinct_roles;
    if (succinct !== undefined) return { bitLength: succinct.bit_length, namePrefix: succinct.name_prefix };
    const [next] = delegations?.roles ?? [];
    if (next === undefined) break;
    role = next.name;
  }
  throw new Error('these attacks are written for succinct bins, and there are none');
}

interface Private {
  readonly metadataUrl: string;
  readonly meta: Meta;
  readonly bins: { readonly bitLength: number; readonly namePrefix: string };
}

function versionIn(meta: Meta, role: string): number {
  const entry = meta[`${role}.json`];
  if (entry === undefined) throw new Error(`${role} is not listed`);
  return entry.version;
}

function signedOf(bytes: Uint8Array): unknown {
  return (JSON.parse(new TextDecoder().decode(bytes)) as { signed: unknown }).signed;
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
