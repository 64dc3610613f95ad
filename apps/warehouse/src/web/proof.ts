import { moment } from './dates.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { ProofFacts, ProvingRole } from './proof-facts.ts';

/** The list of roles that lead to a target, each with version and expiry, and the target at its end. */
export function proofOf(
  roles: readonly ProvingRole[],
  bin: ProvingRole,
  target: { path: string; sha256: string; size: number | null },
): Html {
  const steps = [...roles, bin].map(
    ({ name, version, expires }) =>
      html`<li>
        <code>${name}</code> <span>version ${version}</span>
        <span class="soft">expires ${moment(expires)}</span>
      </li>`,
  );
  const size = target.size === null ? html`` : html` ${target.size} bytes,`;
  return html`<ol class="proof">
    ${steps}
    <li class="target">
      <code>${target.path}</code>
      <p>${size} SHA-256 <code class="hash">${target.sha256}</code></p>
    </li>
  </ol>`;
}

/** How the page of files itself is proven, and how to do it. */
export function proofSection(
  publicUrl: string,
  project: { name: string; pageSha256: string },
  { roles, pageBin }: ProofFacts,
): Html {
  return html`<h2 id="verify">How this verifies</h2>
    <p>
      The list of files is a signed target itself. A client that begins with a root of trust which it got
      elsewhere walks these roles, each of which vouches for the next:
    </p>
    ${proofOf(roles, pageBin, {
      path: `simple/${project.name}/index.json`,
      sha256: project.pageSha256,
      size: null,
    })}
    <p>Each file above is listed in the same way, in a bin of its own. To verify and fetch:</p>
    <pre tabindex="0"><code>npx rind get ${project.name} \\
  --metadata-url ${publicUrl}/metadata/ \\
  --target-base-url ${publicUrl}/targets/ \\
  --root root.json</code></pre>`;
}
