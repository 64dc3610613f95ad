import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { pageLayout } from './page-layout.ts';

/** One thing that an index may say to an author: what it means, and what to do about it. */
interface Topic {
  /** What refusals link to, as `/help/#ANCHOR`; the names are PyPI's where PyPI has one. */
  readonly anchor: string;
  readonly heading: string;
  readonly text: Html;
}

const topics: readonly Topic[] = [
  {
    anchor: 'invalid-auth',
    heading: 'The token is not accepted',
    text: html`<p>
        The index was given no token, or one that does not count: it was mistyped, revoked or has expired, its
        account was closed, or a limit inside the token (a project, a time) excludes this upload. Which of
        these it was is not said to whoever holds the token.
      </p>
      <ul>
        <li>The user name is <code>__token__</code>, with two underscores on each side.</li>
        <li>
          The password is the whole token, from its first letter to its last. Spaces and line breaks around it
          do no harm.
        </li>
        <li>The token must be one of this index: those of other indexes mean nothing here.</li>
        <li>If all of that is right, ask for a new token.</li>
      </ul>`,
  },
  {
    anchor: 'apitoken',
    heading: 'Passwords are not accepted: use an API token',
    text: html`<p>
        Uploads need an API token; the password of an account opens nothing. A token can be bound to one
        project and can be revoked alone.
      </p>
      <p>Give it as the password of the user <code>__token__</code>, or as a bearer token:</p>
      <pre tabindex="0"><code>twine upload -u __token__ -p TOKEN --repository-url …/legacy/ dist/*
UV_PUBLISH_TOKEN=TOKEN uv publish --publish-url …/legacy/ dist/*</code></pre>`,
  },
  {
    anchor: 'project-name',
    heading: 'The project’s name cannot be used',
    text: html`<p>A name of a new project is refused when</p>
      <ul>
        <li>it is that of a module of Python’s standard library, which it would shadow;</li>
        <li>the operators of this index keep it free;</li>
        <li>
          it looks like the name of another project. Letters that are easily mistaken (<code>l</code>,
          <code>i</code> and <code>1</code>; <code>o</code> and <code>0</code>) and dots, dashes and
          underscores make no difference.
        </li>
      </ul>
      <p>Choose another name in the project’s own configuration, and build it again.</p>
      <p>
        If the project exists and you are <em>not allowed to upload to it</em>, then it belongs to somebody
        else, or your token is bound to another project. One of its owners can let you in.
      </p>`,
  },
  {
    anchor: 'file-name-reuse',
    heading: 'A file name can be used only once',
    text: html`<p>
        What was published under a name never changes, and the name of a deleted file is never given again:
        whoever has verified a file once can rely on it. The same bytes are not taken under a second name
        either.
      </p>
      <ul>
        <li>To change anything, raise the version number and upload again.</li>
        <li>
          If an upload was interrupted, send the very same file again: that is answered as if it had been the
          first time. <code>twine upload --skip-existing</code> passes over files that are there already.
        </li>
        <li>Building again gives other bytes even where nothing was changed. Keep what you have built.</li>
      </ul>`,
  },
  {
    anchor: 'file-size-limit',
    heading: 'The file is too large',
    text: html`<p>
      A single file may be as large as the refusal says. Leave data and tests out of the wheel, or split it;
      the operators of this index can raise the limit.
    </p>`,
  },
  {
    anchor: 'storage-limits',
    heading: 'The project is too large',
    text: html`<p>
      All files of a project together may be as large as the refusal says. Files that were deleted do not
      count. The operators of this index can raise the limit.
    </p>`,
  },
  {
    anchor: 'archives',
    heading: 'The archive is not accepted',
    text: html`<p>
        An archive is taken only if every program must read it alike. Otherwise a scanner could see one
        content, and an installer another. So these are refused, among others:
      </p>
      <ul>
        <li>names that appear twice, lead out of the archive, or differ between its parts;</li>
        <li>bytes before, between or after what the archive’s own directory lists;</li>
        <li>compression other than stored and deflate, and contents that unpack to many times their size;</li>
        <li>links that lead out of a source distribution, devices, sparse files;</li>
        <li>a file that is a zip and a tar archive at the same time.</li>
      </ul>
      <p>
        Current build tools make none of these. Build again with a current version, and do not repack or sign
        the archive afterwards. The refusal says what was found and, where it can, in which member.
      </p>`,
  },
  {
    anchor: 'attestations',
    heading: 'The attestations are not accepted',
    text: html`<p>
        Attestations (PEP 740) say who built a file, and from what. They are taken only from a trusted
        publisher, an automated workflow that proves who it is: an API token proves nothing about where a file
        was built. With a token, upload without them: leave out <code>--attestations</code> with
        <code>twine</code>, and give <code>--no-attestations</code> to <code>uv publish</code>.
      </p>
      <p>
        Each attestation must be about this very file, by its name and its SHA-256, and of a known kind, and
        there may be one of each kind. One that was made for another build of the same version does not fit.
      </p>`,
  },
];

/** What refusals of uploads link to. */
export function helpPage(): string {
  const links = topics.map(({ anchor, heading }) => html`<li><a href="#${anchor}">${heading}</a></li> `);
  const sections = topics.map(
    ({ anchor, heading, text }) =>
      html`<section aria-labelledby="${anchor}">
        <h2 id="${anchor}">${heading}</h2>
        ${text}
      </section> `,
  );
  return pageLayout(
    'Help with uploads on Rind',
    html`<h1>Help with uploads</h1>
      <p>
        What the index means when it refuses an upload, and what to do. Each refusal also carries a code, in
        the header <code>X-Rind-Error</code>, which never changes its meaning.
      </p>
      <nav aria-label="On this page">
        <ul>
          ${links}
        </ul>
      </nav>
      ${sections}`,
  );
}
