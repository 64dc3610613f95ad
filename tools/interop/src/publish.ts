import type { Distribution } from './fixtures.ts';
import { assertSucceeded } from './outcomes.ts';
import { buildSample } from './sample-project.ts';
import type { Sample } from './sample-project.ts';
import type { Scene } from './suite.ts';
import { twineUpload } from './uploaders.ts';

/** Uploads files as `user` with twine and waits until clients can verify them; files that are there are fine. */
export async function publish(
  context: Scene,
  user: string,
  projects: readonly string[],
  files: readonly Distribution[],
): Promise<void> {
  const token = await context.instance.createToken(user, projects);
  assertSucceeded(
    await twineUpload(
      context,
      token,
      files.map(({ path }) => path),
    ),
  );
  for (const { sha256 } of files) await context.instance.waitVerifiable(sha256);
}

/** Builds a release of a sample project and publishes its wheel and sdist. */
export async function publishSample(
  context: Scene,
  sample: Omit<Sample, 'greeting'>,
): Promise<{ wheel: Distribution; sdist: Distribution }> {
  const files = await buildSample(context, { ...sample, greeting: `${sample.name} ${sample.version}` });
  await publish(context, `${sample.name}-author`, [sample.name], [files.wheel, files.sdist]);
  return files;
}
