import assert from 'node:assert/strict';
import { runCommand, tail } from '../command.ts';
import { readDistribution } from '../fixtures.ts';
import type { Instance } from '../instance.ts';
import { rawUpload } from '../raw-upload.ts';
import type { Bench } from '../suite.ts';
import type { CorpusRow } from './corpus-report.ts';
import type { ListedDistribution } from './listed-distribution.ts';
import { pipDownload } from './pip-downloads.ts';
import { assertServedFacts } from './served-facts.ts';
import type { StatedFacts } from './stated-facts.ts';

export interface CorpusScene {
  readonly bench: Pick<Bench, 'python' | 'newFolder' | 'environment'>;
  readonly instance: Instance;
  /** On `PYTHONPATH` where pip asks source distributions for their metadata. */
  readonly backendsFolder: string;
}

/** The way of one file: in by twine, out by pip, and what the index says of it. Files of a project come in order. */
export class CorpusRun {
  private readonly scene: CorpusScene;
  /** By release: what its first file states. */
  private readonly describing = new Map<string, StatedFacts>();

  constructor(scene: CorpusScene) {
    this.scene = scene;
  }

  async try(listed: ListedDistribution, path: string, stated: StatedFacts): Promise<CorpusRow['result']> {
    const { bench, instance, backendsFolder } = this.scene;
    try {
      const refused = await this.upload(listed, path, stated);
      if (refused !== (listed.refused ?? null)) {
        return { failed: `refused: ${refused ?? 'no'}; by the list: ${listed.refused ?? 'no'}` };
      }
      if (refused !== null) return { refused };
      const describing = this.describing.get(listed.requirement) ?? stated;
      this.describing.set(listed.requirement, describing);
      await instance.waitVerifiable(listed.sha256);
      const environment = { ...bench.environment, PYTHONPATH: backendsFolder };
      const index = ['--index-url', instance.file.simple];
      const back = await pipDownload(bench.python, listed, bench.newFolder('out'), environment, index);
      assert.equal(readDistribution(back).sha256, listed.sha256, 'other bytes came out');
      await assertServedFacts(instance, listed, stated, describing);
      return { held: true };
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * Null when it was taken, else the code. twine shows the text of a refusal alone, and some old files it does not
   * even read: then a form of what the file states is sent as bytes.
   */
  private async upload(
    listed: ListedDistribution,
    path: string,
    stated: StatedFacts,
  ): Promise<string | null> {
    const { bench, instance } = this.scene;
    const { token, upload: url } = instance.file;
    const args = ['upload', '--non-interactive', '--disable-progress-bar', '--repository-url', url, path];
    const outcome = await runCommand(bench.python.program('twine'), args, {
      environment: { ...bench.environment, TWINE_USERNAME: '__token__', TWINE_PASSWORD: token },
    });
    if (outcome.code === 0) return null;
    const { filename, bytes } = readDistribution(path);
    const answer = await rawUpload({ url, token, fields: formOf(listed, stated), filename, bytes });
    if (answer.error !== null) return answer.error;
    throw new Error(
      `twine exited with ${outcome.code}, the same form as bytes with ${answer.status}\n${tail(outcome)}`,
    );
  }
}

/** The form by which twine would upload the file, as far as refusals depend on it. */
function formOf(listed: ListedDistribution, { metadata, sha256 }: StatedFacts): [string, string][] {
  const { filename, kind } = listed;
  const value = (field: string): string => metadata[field]?.[0] ?? '';
  const wheel = kind !== 'sdist';
  return [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['metadata_version', value('metadata-version')],
    ['name', value('name')],
    ['version', value('version')],
    ['summary', value('summary')],
    ['requires_python', value('requires-python')],
    ...(metadata['classifier'] ?? []).map((each): [string, string] => ['classifiers', each]),
    ...(metadata['requires-dist'] ?? []).map((each): [string, string] => ['requires_dist', each]),
    ['filetype', wheel ? 'bdist_wheel' : 'sdist'],
    ['pyversion', wheel ? (filename.split('-').at(-3) ?? '') : 'source'],
    ['sha256_digest', sha256],
  ];
}
