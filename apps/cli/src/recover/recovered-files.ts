import type { RecoveredFile, RecoveredRequest } from '@rind/database';
import { tryParseDistribution } from '@rind/index-model';
import { systemRandomness, uuidV4 } from '@rind/kernel';
import type { LoggedGrant, Reconciliation } from '@rind/repository';
import type { AllDigests } from './stored-files.ts';

/** The register's row of a file whose own row is lost: what its name, the signed facts and its bytes say. */
export function recoveredFile(
  { targetPath, project, filename, length, sha256, requiresPython, uploadedAt }: FileFacts,
  digests: AllDigests,
  uploader: string,
): RecoveredFile {
  const distribution = tryParseDistribution(filename);
  const isWheel = distribution?.kind === 'wheel';
  return {
    id: uuidV4(systemRandomness),
    project,
    version: distribution?.version ?? '0',
    filename,
    targetPath,
    packageType: isWheel ? 'bdist_wheel' : 'sdist',
    pythonVersion: isWheel ? distribution.pythonTags.join('.') : 'source',
    length,
    sha256,
    ...digests,
    requiresPython,
    uploadedAt,
    uploader,
  };
}

export type FileFacts = Pick<
  Reconciliation['paths'][number],
  'targetPath' | 'project' | 'filename' | 'length' | 'sha256' | 'requiresPython' | 'uploadedAt'
>;

/** What a grant says of the file that it lets in. */
export function grantedFile({ grant, targetPath }: LoggedGrant): FileFacts | null {
  const { project, filename, length, digests, requiresPython = null, uploadedAt } = grant;
  if (filename === undefined || length === undefined || digests === undefined || uploadedAt === undefined) {
    return null;
  }
  return { targetPath, project, filename, length, sha256: digests.sha256, requiresPython, uploadedAt };
}

export function recoveredRequest({ grant, targetPath, envelope }: LoggedGrant): RecoveredRequest {
  const { id, seq, verb, project, digests } = grant;
  return {
    id,
    seq,
    verb,
    project,
    targetPath,
    envelope,
    uploadId: uuidV4(systemRandomness),
    sha256: digests?.sha256 ?? '',
  };
}
