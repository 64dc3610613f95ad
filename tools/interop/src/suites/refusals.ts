import assert from 'node:assert/strict';
import type { Distribution } from '../fixtures.ts';
import { assertRefused, assertSucceeded } from '../outcomes.ts';
import { fieldsOf, headersOnly, rawUpload } from '../raw-upload.ts';
import type { RawAnswer } from '../raw-upload.ts';
import { buildSample } from '../sample-project.ts';
import { defineSuite } from '../suite.ts';
import { withBrokenSignature, withOtherIdentifier } from '../token-forgery.ts';
import { twineUpload } from '../uploaders.ts';

const project = 'rind-interop-refusals';
const foreign = 'rind-interop-foreign';

/** What the upload endpoint refuses, read off the wire. */
export const refusals = defineSuite({
  name: 'refusals',
  async prepare(context) {
    const { instance } = context;
    const [token, foreignToken] = await Promise.all([
      instance.createToken('refused-author', [project]),
      instance.createToken('foreign-author', [foreign]),
    ]);
    const { wheel } = await buildSample(context, { name: project, version: '1.0', greeting: 'first' });
    const { wheel: other } = await buildSample(context, {
      name: project,
      version: '1.0',
      greeting: 'second',
    });
    const { wheel: theirs } = await buildSample(context, {
      name: foreign,
      version: '1.0',
      greeting: 'theirs',
    });
    assertSucceeded(await twineUpload(context, token, [wheel.path]));
    assertSucceeded(await twineUpload(context, foreignToken, [theirs.path]));
    const upload = (file: Distribution, name: string, given: string, accept?: string): Promise<RawAnswer> =>
      rawUpload({
        url: instance.file.upload,
        token: given,
        fields: fieldsOf(file, { name, version: '1.0' }),
        filename: file.filename,
        bytes: file.bytes,
        ...(accept === undefined ? {} : { accept }),
      });
    return { context, token, foreignToken, wheel, other, theirs, upload };
  },
  cells: [
    {
      client: 'http',
      operation: 'the same bytes again: 200, empty body, the first receipt',
      async run({ upload, wheel, token }) {
        const first = await upload(wheel, project, token);
        const again = await upload(wheel, project, token);
        assert.deepEqual([again.status, again.body, again.error], [200, '', null], JSON.stringify(again));
        assert.match(again.link ?? '', /^<\/api\/v1\/uploads\/[^>]+>; rel="monitor"$/);
        assert.equal(again.link, first.link);
      },
    },
    {
      client: 'http',
      operation: 'another file under a taken name: 400, text in reason phrase and body',
      async run({ upload, other, token }) {
        const answer = await upload(other, project, token);
        assertRefusal(answer, 400, 'file.exists');
        assert.match(answer.reason, /^File already exists \('/);
        assert.ok(answer.body.includes(answer.reason), `body: ${answer.body}`);
      },
    },
    {
      client: 'http',
      operation: 'the same refusal as JSON for who asks for JSON',
      async run({ upload, other, token }) {
        const answer = await upload(other, project, token, 'application/json;q=0.9, text/plain;q=0.8');
        assertRefusal(answer, 400, 'file.exists');
        const { message, code } = JSON.parse(answer.body) as { message: string; code: string };
        assert.match(message, /^File already exists \('/);
        assert.equal(code, `400 ${message}`);
      },
    },
    {
      client: 'http',
      operation: 'a token for one project is refused for another: 403',
      async run({ upload, theirs, token }) {
        assertRefusal(await upload(theirs, foreign, token), 403, 'token.wrong-project');
      },
    },
    {
      client: 'twine',
      operation: 'a token for one project is refused for another, and twine shows 403',
      async run({ context, theirs, token }) {
        assertRefused(await twineUpload(context, token, [theirs.path]), /403/);
      },
    },
    {
      client: 'http',
      operation: 'a refused token leaves no trace: the owner uploads on',
      async run({ upload, theirs, foreignToken }) {
        const { status } = await upload(theirs, foreign, foreignToken);
        assert.equal(status, 200);
      },
    },
    {
      client: 'http',
      operation: 'an unknown token: 403 before any body was sent',
      async run({ context, token }) {
        const url = context.instance.file.upload;
        const answer = await headersOnly({ url, token: withOtherIdentifier(token) }, 50_000_000, 10_000);
        assertRefusal(answer, 403, 'token.unknown');
        // The control: with a good token it is the body that is waited for.
        await assert.rejects(headersOnly({ url, token }, 50_000_000, 1_500), /no answer within 1500 ms/);
      },
    },
    {
      client: 'http',
      operation: 'a token with a broken signature: 403 before any body was sent',
      async run({ context, token }) {
        const url = context.instance.file.upload;
        const answer = await headersOnly({ url, token: withBrokenSignature(token) }, 50_000_000, 10_000);
        assertRefusal(answer, 403, 'token.bad-signature');
      },
    },
    {
      client: 'http',
      operation: 'something that is no token: 403, never 401',
      async run({ upload, wheel }) {
        assertRefusal(await upload(wheel, project, 'pypi-bm90IGEgbWFjYXJvb24'), 403, 'token.malformed');
      },
    },
    {
      client: 'http',
      operation: 'a digest that does not match the file: 400, and nothing is published',
      async run({ context, other, token }) {
        const wrong = { ...other, sha256: '0'.repeat(64) };
        const answer = await rawUpload({
          url: context.instance.file.upload,
          token,
          fields: fieldsOf(wrong, { name: project, version: '1.0' }),
          filename: other.filename.replace('-1.0-', '-1.0-2-'),
          bytes: other.bytes,
        });
        assert.equal(answer.status, 400, JSON.stringify(answer));
        assert.match(answer.reason, /digest/);
        const receipt = await fetch(`${context.instance.file.url}/api/v1/uploads?sha256=${other.sha256}`);
        assert.equal(receipt.status, 404);
      },
    },
  ],
});

function assertRefusal(answer: RawAnswer, status: number, code: string): void {
  const { status: got, error } = answer;
  assert.deepEqual({ status: got, error }, { status, error: code }, JSON.stringify(answer));
}
