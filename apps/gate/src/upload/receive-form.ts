import type { IncomingMessage } from 'node:http';
import { Busboy } from '@fastify/busboy';
import type { BusboyFileStream } from '@fastify/busboy';
import { GateError } from '../errors.ts';
import type { Spool, SpooledFile } from '../spool/spool.ts';

/** A form read to its end. Values are as sent; `file` is the one named `content`, if there was one. */
export interface ReceivedForm {
  readonly fields: readonly (readonly [string, string])[];
  readonly file: ReceivedFile | undefined;
}

export interface ReceivedFile {
  /** As sent, directories included: a slash in it is for the checks to refuse. */
  readonly filename: string;
  readonly contentType: string;
  readonly spooled: SpooledFile;
}

/** Sizes in bytes. */
export interface FormBounds {
  readonly maxFileBytes: number;
  readonly bodyIdleMs: number;
  readonly bodyTotalMs: number;
}

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;
const maxFields = 1_000;
/** `description` alone may be long. */
const maxDescriptionBytes = 10 * mebibyte;
const maxFieldBytes = 64 * kibibyte;
const maxAllFieldsBytes = 12 * mebibyte;

/**
 * Reads an upload's multipart body, piece by piece: the file goes to the spool, only fields are held in memory.
 * On failure nothing is left in the spool, and the rest of the body stays unread in `request`.
 * @throws GateError `upload.malformed-form`, `upload.unexpected-file`, `upload.too-slow`, `upload.aborted`,
 *   `file.too-large`, `spool.full`
 */
export async function receiveForm(
  request: IncomingMessage,
  spool: Spool,
  bounds: FormBounds,
): Promise<ReceivedForm> {
  const parser = parserFor(request, bounds.maxFileBytes);
  const fields: [string, string][] = [];
  let fieldBytes = 0;
  let file: Promise<ReceivedFile> | undefined;
  let incoming: BusboyFileStream | undefined;

  const parsed = new Promise<void>((resolve, reject) => {
    parser.on('field', (name: string | undefined, value, nameTruncated, valueTruncated) => {
      const bytes = Buffer.byteLength(value) + (name ?? '').length;
      fieldBytes += bytes;
      const max = name === 'description' ? maxDescriptionBytes : maxFieldBytes;
      if (
        name === undefined ||
        nameTruncated ||
        valueTruncated ||
        bytes > max ||
        fieldBytes > maxAllFieldsBytes
      ) {
        reject(malformed(`Form field '${(name ?? '').slice(0, 64)}' is too long or has no name.`));
      } else fields.push([name, value]);
    });
    parser.on(
      'file',
      (name: string | undefined, stream, filename: string | undefined, _encoding, contentType) => {
        stream.on('error', () => {});
        if (name === 'gpg_signature') stream.resume();
        else if (name !== 'content' || file !== undefined) reject(unexpectedFile(name ?? ''));
        else {
          stream.on('limit', () => reject(tooLarge(fields, bounds.maxFileBytes)));
          incoming = stream;
          file = spoolFile(request, stream, filename ?? '', contentType, spool);
          file.catch(reject);
        }
      },
    );
    parser.on('finish', resolve);
    parser.on('error', () => reject(malformed('The form could not be read.')));
    parser.on('fieldsLimit', () => reject(malformed(`The form has more than ${maxFields} fields.`)));
    parser.on('partsLimit', () => reject(malformed('The form has too many parts.')));
    parser.on('filesLimit', () => reject(malformed('The form has too many files.')));
    watchSender(request, bounds, reject);
  });
  request.pipe(parser);
  try {
    await parsed;
    return { fields, file: await file };
  } catch (error) {
    request.unpipe(parser);
    request.pause();
    parser.destroy();
    // The spool still waits for the rest of the file; it removes what it has, and only then do we answer.
    incoming?.destroy(new Error('the rest of the form is not read'));
    await file?.then(({ spooled }) => spooled.discard()).catch(() => {});
    throw error;
  } finally {
    request.setTimeout(0);
  }
}

function parserFor(request: IncomingMessage, maxFileBytes: number) {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b.*;\s*boundary=/is.test(contentType)) {
    throw malformed('An upload must be sent as multipart/form-data.');
  }
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': contentType },
      preservePath: true,
      isPartAFile: (_name, _type, filename) => filename !== undefined,
      fileHwm: 128 * kibibyte,
      limits: {
        fields: maxFields,
        fieldSize: maxDescriptionBytes,
        files: 4,
        parts: maxFields + 4,
        fileSize: maxFileBytes,
        headerPairs: 32,
        headerSize: 16 * kibibyte,
      },
    });
  } catch {
    throw malformed('An upload must be sent as multipart/form-data.');
  }
}

async function spoolFile(
  request: IncomingMessage,
  stream: BusboyFileStream,
  filename: string,
  contentType: string,
  spool: Spool,
): Promise<ReceivedFile> {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  const spooled = await spool.receive(stream, Number.isSafeInteger(announced) ? announced : undefined);
  return { filename, contentType, spooled };
}

/** Rejects when the sender goes away, falls silent, or takes longer than anybody should. */
function watchSender(request: IncomingMessage, bounds: FormBounds, reject: (error: GateError) => void): void {
  const slow = () => {
    const text = 'The upload took too long.';
    reject(new GateError('upload.too-slow', text, { status: 408 }));
  };
  const total = setTimeout(slow, bounds.bodyTotalMs);
  request.setTimeout(bounds.bodyIdleMs, slow);
  request.once('end', () => clearTimeout(total));
  request.once('close', () => {
    clearTimeout(total);
    if (!request.complete)
      reject(new GateError('upload.aborted', 'The upload was cut off.', { status: 400 }));
  });
}

function malformed(text: string): GateError {
  return new GateError('upload.malformed-form', text, { status: 400 });
}

function unexpectedFile(field: string): GateError {
  const name = field.slice(0, 64);
  const text =
    name === 'content' ? 'Only one file may be uploaded at a time.' : `${name}: Should not be a tuple.`;
  return new GateError('upload.unexpected-file', text, { status: 400, field: name });
}

function tooLarge(fields: readonly (readonly [string, string])[], maxBytes: number): GateError {
  const project = fields.find(([name]) => name === 'name')?.[1].slice(0, 100) ?? 'unknown';
  const limit = `${Math.floor(maxBytes / mebibyte)} MB`;
  const text = `File too large. Limit for project '${project}' is ${limit}. See /help/#file-size-limit for more information.`;
  return new GateError('file.too-large', text, { status: 400, maxBytes });
}
