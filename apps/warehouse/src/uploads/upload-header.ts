import { z } from 'zod';
import { WarehouseError } from '../errors.ts';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/** What the gate says about a file before sending it. The digests are the gate's own. */
const uploadHeader = z.strictObject({
  fields: z.array(z.tuple([z.string().max(200), z.string()])).max(2_000),
  filename: z.string().max(1_000),
  contentType: z.string().max(1_000),
  digests: z.strictObject({ sha256: hex(64), sha512: hex(128), blake2b256: hex(64), md5: hex(32) }),
  /** Bytes. */
  length: z.int().min(0),
  grant: z.record(z.string(), z.json()),
  actor: z.string().max(500),
});

export type UploadHeader = Readonly<z.output<typeof uploadHeader>>;

/** @throws WarehouseError `upload.malformed` */
export function parseUploadHeader(json: Uint8Array): UploadHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw malformedUpload('the header is not JSON', { cause });
  }
  const parsed = uploadHeader.safeParse(value);
  if (parsed.success) return parsed.data;
  throw malformedUpload(`header: ${parsed.error.issues[0]?.path.join('.') ?? 'not an object'}`, {
    cause: parsed.error,
  });
}

export function malformedUpload(
  problem: string,
  options?: { cause: unknown },
): WarehouseError<'upload.malformed'> {
  return new WarehouseError('upload.malformed', 'not an upload as the gate sends it', { problem }, options);
}
