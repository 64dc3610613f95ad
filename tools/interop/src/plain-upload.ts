import { sdistBytes } from '@rind/testkit';
import { sha256Hex } from './fixtures.ts';
import type { Instance } from './instance.ts';
import { fieldsOf, rawUpload } from './raw-upload.ts';
import type { RawAnswer } from './raw-upload.ts';
import { packagePath } from './target-paths.ts';

/** A source distribution that is made in no time, and told apart by its content. */
export interface PlainFile {
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Path of the target that it becomes. */
  readonly path: string;
}

/** @param project a normalised name */
export function plainFile(project: string, version: string): PlainFile {
  const filename = `${project.replaceAll('-', '_')}-${version}.tar.gz`;
  const bytes = sdistBytes({ name: project, version });
  return {
    project,
    version,
    filename,
    bytes,
    sha256: sha256Hex(bytes),
    path: packagePath(project, filename),
  };
}

/** One upload with the token that stands beside the address. Throws when there is no answer. */
export function uploadPlain(
  { file: { upload, token } }: { readonly file: Pick<Instance['file'], 'upload' | 'token'> },
  file: PlainFile,
): Promise<RawAnswer> {
  const { project, version, filename, bytes } = file;
  const fields = fieldsOf(file, { name: project, version });
  return rawUpload({ url: upload, token, fields, filename, bytes });
}
