import assert from 'node:assert/strict';
import type { Distribution } from '../fixtures.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { buildWith, publishingTools } from '../publishing-tools.ts';
import type { PublishingTool } from '../publishing-tools.ts';
import { defineSuite } from '../suite.ts';
import type { Cell, Context } from '../suite.ts';

interface State {
  readonly context: Context;
  /** By tool: where its project is, and the token for it. */
  readonly scenes: ReadonlyMap<PublishingTool, Scene>;
}

interface Scene {
  readonly name: string;
  readonly folder: string;
  readonly token: string;
}

/** Authors with tools that build and publish: each with a project of its own backend, by its own options. */
export const publishers = defineSuite<State>({
  name: 'publishers',
  async prepare(context) {
    const scenes = new Map<PublishingTool, Scene>();
    for (const tool of publishingTools) {
      const name = `rind-interop-${tool.client}`;
      const token = await context.instance.createToken(`${tool.client}-author`, [name]);
      scenes.set(tool, { name, token, folder: context.newFolder(name) });
    }
    return { context, scenes };
  },
  cells: publishingTools.flatMap((tool) => cellsOf(tool)),
});

function cellsOf(tool: PublishingTool): readonly Cell<State>[] {
  const { client } = tool;
  const act =
    (run: (context: Context, scene: Scene) => Promise<void>) =>
    ({ context, scenes }: State): Promise<void> =>
      run(context, scenes.get(tool)!);
  return [
    {
      client,
      operation: 'builds a new project and publishes it; wheel and sdist become verifiable',
      run: act(async (context, { name, folder, token }) => {
        const files = await buildWith(context, tool, folder, { name, greeting: 'first' });
        assertWheelAndSdist(files);
        assertSucceeded(await tool.publish(context, folder, token));
        for (const { sha256 } of files) await context.instance.waitVerifiable(sha256);
      }),
    },
    {
      client,
      operation: 'publishes the very same files again: success',
      run: act(async (context, { folder, token }) => {
        assertSucceeded(await tool.publish(context, folder, token));
      }),
    },
    {
      client,
      operation: 'is refused another file under a taken name, and shows why',
      run: act(async (context, { name, folder, token }) => {
        assertWheelAndSdist(await buildWith(context, tool, folder, { name, greeting: 'second' }));
        assertRefused(await tool.publish(context, folder, token), /File already exists/);
      }),
    },
    {
      client,
      operation: 'is refused a project that the token is not for, and shows why',
      run: act(async (context, { name, token }) => {
        const folder = context.newFolder(`${name}-foreign`);
        await buildWith(context, tool, folder, { name: `${name}-foreign`, greeting: 'third' });
        const outcome = await tool.publish(context, folder, token);
        assertRefused(outcome, new RegExp(`token isn't allowed to upload to project '${name}-foreign'`));
      }),
    },
    {
      client,
      operation: 'is refused the name of a module of the standard library, and shows why',
      run: act(async (context) => {
        const folder = context.newFolder(`${client}-json`);
        await buildWith(context, tool, folder, { name: 'json', greeting: 'fourth' });
        const outcome = await tool.publish(context, folder, context.instance.file.token);
        assertRefused(outcome, /'json'.*standard library/i);
      }),
    },
  ];
}

function assertWheelAndSdist(files: readonly Distribution[]): void {
  const kinds = files.map(({ filename }) => (filename.endsWith('.whl') ? 'wheel' : 'sdist')).sort();
  assert.deepEqual(kinds, ['sdist', 'wheel']);
}
