import { createHash } from 'node:crypto';

/** One sheet for all pages: light and dark by the reader's own choice, and legible at any width. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2327; --soft: #566069; --paper: #fcfcfa; --card: #fff; --line: #d9dcd6; --edge: #7b857f;
  --accent: #1f6f4a; --bad: #a8241b; --warn: #7f5600; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8e4; --soft: #a3aca6; --paper: #151917; --card: #1d2320; --line: #353d38; --edge: #7f8a84; --accent: #7fd1a5;
    --bad: #ff9d94; --warn: #f0c060; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; padding-bottom: .75rem; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center;
  justify-content: space-between; }
header form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
header label { color: var(--soft); font-size: .9rem; }
input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .4rem;
  padding: .35rem .6rem; min-width: 0; }
button { cursor: pointer; }
header a.home { color: inherit; font-weight: 700; font-size: 1.25rem; text-decoration: none; }
footer { padding-top: 2rem; padding-bottom: 2rem; color: var(--soft); font-size: .9rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .75rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .5rem 0; max-width: 42rem; }
a { color: var(--accent); }
a:focus-visible, input:focus-visible, button:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; overflow-x: auto; }
code, pre { font: .9rem/1.5 ui-monospace, monospace; }
.soft { color: var(--soft); }
.state { border-left: .35rem solid var(--accent); background: var(--card); padding: .75rem 1rem; border-radius: .3rem; }
.state.bad { border-color: var(--bad); } .state.warn { border-color: var(--warn); }
.bad strong, strong.bad { color: var(--bad); } .warn strong, strong.warn { color: var(--warn); }
.state h3 { font-size: 1.05rem; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dl.facts > div { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.05rem; }
.summary { font-size: 1.1rem; }
nav.parts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; }
ul.results, ul.files, ol.history { list-style: none; padding: 0; }
ul.results li, ul.files li, ol.history li { padding: .5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
ul.results p { margin: .1rem 0 0; }
ul.files p { margin: .2rem 0; max-width: none; } ul.files h3 { overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .25rem 0; }
code.hash { font-size: .8rem; overflow-wrap: anywhere; }
ol.proof li { padding: .15rem 0; overflow-wrap: anywhere; }
ul.links { columns: 16rem; } dl.facts dd { overflow-wrap: anywhere; }
dl.terms > div { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .15rem 0; } dl.terms { margin: .5rem 0; }
dl.terms dt { min-width: 9rem; } dl.terms dd { font-size: 1rem; overflow-wrap: anywhere; flex: 1 1 16rem; }
.description { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); padding: .5rem 0; overflow-wrap: anywhere; }
.description p, .description li { max-width: 46rem; } .description img { max-width: 100%; height: auto; }
.description table { width: auto; display: block; overflow-x: auto; } .description td, .description th { padding-right: 1rem; }
.description h1 { font-size: 1.4rem; } .description h2 { font-size: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.hash code { font-size: .75rem; overflow-wrap: anywhere; display: inline-block; min-width: 16rem; }
tbody th { font-weight: 500; min-width: 13rem; overflow-wrap: anywhere; }
.number, .date { white-space: nowrap; } .number { text-align: right; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing but our own sheet: no script, no frame, nothing from elsewhere; the one form asks this index. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
