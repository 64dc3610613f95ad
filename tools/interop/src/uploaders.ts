import { runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import type { Scene } from './suite.ts';

/** `twine upload` of files, as an author types it. */
export function twineUpload(context: Scene, token: string, paths: readonly string[]): Promise<Outcome> {
  const { python, instance, environment } = context;
  const fixed = [
    'upload',
    '--non-interactive',
    '--disable-progress-bar',
    '--repository-url',
    instance.file.upload,
  ];
  return runCommand(python.program('twine'), [...fixed, ...paths], {
    environment: { ...environment, TWINE_USERNAME: '__token__', TWINE_PASSWORD: token },
  });
}

/** `uv publish` of files. */
export function uvPublish(
  context: Scene,
  token: string,
  paths: readonly string[],
  options: readonly string[] = [],
): Promise<Outcome> {
  const { python, instance, environment } = context;
  const fixed = ['publish', '--publish-url', instance.file.upload, '--trusted-publishing', 'never'];
  return runCommand(python.program('uv'), [...fixed, ...options, ...paths], {
    environment: { ...environment, UV_PUBLISH_TOKEN: token },
  });
}
