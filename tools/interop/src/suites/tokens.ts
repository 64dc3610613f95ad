import assert from 'node:assert/strict';
import { attenuate } from '@rind/macaroon';
import type { JsonValue } from '@rind/kernel';
import { mustRun } from '../command.ts';
import { places } from '../places.ts';
import { plainFile, uploadPlain } from '../plain-upload.ts';
import type { PlainFile } from '../plain-upload.ts';
import type { RawAnswer } from '../raw-upload.ts';
import { defineSuite } from '../suite.ts';
import type { Cell, Context } from '../suite.ts';

const project = 'rind-interop-tokens';

interface State {
  readonly context: Context;
  /** For the whole account. */
  readonly wide: string;
  /** For one project that exists, until tomorrow. */
  readonly narrow: string;
}

/** What token_read.py prints. */
interface Reading {
  /** As arrays with the tag first; null when the library could not read one of them. */
  readonly restrictions: readonly (readonly JsonValue[])[] | null;
  readonly error: string | null;
  readonly dump: string;
}

/** Restrictions that PyPI does not have, as somebody adds them without asking the index. */
const own: readonly (readonly [what: string, caveat: readonly JsonValue[]])[] = [
  ['one version', [100, ['1.0']]],
  ['one file', [101, ['ab'.repeat(32)]]],
  ['a single use', [102, 'interop']],
  ['a second factor', [103, 5]],
];

/** The library with which authors and CI jobs read tokens, and restrict them before they give them away. */
export const tokens = defineSuite<State>({
  name: 'tokens',
  async prepare(context) {
    await context.venv('tokens');
    const wide = await context.instance.createToken('token-author', []);
    assertStatus(await send(context, wide, plainFile(project, '1.0')), 200);
    return { context, wide, narrow: await context.instance.createToken('token-author', [project]) };
  },
  cells: [
    {
      client: 'pypitoken',
      operation: 'reads a token for an account: account and expiry',
      async run({ context, wide }) {
        const { restrictions, dump } = await read(context, wide);
        assert.deepEqual(
          restrictions?.map(([tag]) => tag),
          [3, 0],
        );
        assert.equal(dump, wide);
      },
    },
    {
      client: 'pypitoken',
      operation: 'reads a token for a project: its name, its id and expiry',
      async run({ context, narrow }) {
        const { restrictions, dump } = await read(context, narrow);
        assert.deepEqual(
          restrictions?.map(([tag]) => tag),
          [1, 2, 0],
        );
        assert.deepEqual(restrictions?.[0], [1, [project]]);
        assert.equal(dump, narrow);
      },
    },
    {
      client: 'pypitoken',
      operation: 'restricts a token to a project and a time: good for that, refused for another project',
      async run({ context, wide }) {
        const nowSeconds = Math.floor(performance.timeOrigin / 1_000);
        const { dump } = await read(context, wide, {
          project_names: [project],
          not_before: nowSeconds - 3_600,
          not_after: nowSeconds + 36_000,
        });
        assert.notEqual(dump, wide);
        assertStatus(await send(context, dump, plainFile(project, '1.1')), 200);
        const other = await send(context, dump, plainFile(`${project}-other`, '1.0'));
        assertStatus(other, 403, 'token.wrong-project');
      },
    },
    {
      client: 'pypitoken',
      operation: 'restricts a token to a time that is over: refused',
      async run({ context, wide }) {
        const { dump } = await read(context, wide, { not_before: 1_600_000_000, not_after: 1_600_000_001 });
        assertStatus(await send(context, dump, plainFile(project, '1.2')), 403, 'token.expired');
      },
    },
    ...own.map(ownCell),
    {
      client: 'pypitoken',
      operation: 'restricts a token that is for one file further: good for that file, refused for others',
      async run({ context, wide }) {
        const file = plainFile(project, '2.0');
        const forFile = attenuate(wide, [101, [file.sha256]]);
        const { dump } = await read(context, forFile, { project_names: [project] });
        assertStatus(await send(context, dump, plainFile(project, '2.1')), 403, 'token.wrong-file');
        assertStatus(await send(context, dump, file), 200);
      },
    },
  ],
});

function ownCell([what, caveat]: (typeof own)[number]): Cell<State> {
  return {
    client: 'pypitoken',
    operation: `says that it cannot read the restriction to ${what}, and writes the token as it was`,
    async run({ context, narrow }) {
      const restricted = attenuate(narrow, caveat);
      const { restrictions, error, dump } = await read(context, restricted);
      assert.deepEqual([restrictions, error], [null, 'LoaderError']);
      assert.equal(dump, restricted);
    },
  };
}

async function read(
  context: Context,
  token: string,
  restrict: Readonly<Record<string, JsonValue>> = {},
): Promise<Reading> {
  const { program } = await context.venv('tokens');
  const { stdout } = await mustRun(program('python'), [places.tokenRead], {
    environment: {
      ...context.environment,
      RIND_TOKEN: token,
      RIND_RESTRICT: JSON.stringify(restrict),
    },
  });
  return JSON.parse(stdout) as Reading;
}

function send({ instance }: Context, token: string, file: PlainFile): Promise<RawAnswer> {
  return uploadPlain({ file: { ...instance.file, token } }, file);
}

function assertStatus(answer: RawAnswer, status: number, error: string | null = null): void {
  assert.deepEqual([answer.status, answer.error], [status, error], answer.body);
}
