import { createHash } from 'node:crypto';

/** One sheet for all pages: light and dark by the reader's own choice, and legible at any width. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2327; --soft: #566069; --paper: #fcfcfa; --card: #fff; --line: #d9dcd6; --edge: #7b857f;
  --accent: #1f6f4a; --bad: #a8241b; --warn: #7f5600; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8e4; --soft: #a3aca6; --paper: #151917; --card: #1d2320; --line: #353d38; --edge: #7f8a84; --accent: #7fd1a5;
    --bad: #ff9d94; --warn: #f0c060; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1rem; padding-bottom: 1rem; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center;
  justify-content: space-between; }
header form { display: flex; gap: .5rem; align-items: center; flex: 0 1 30rem; }
header label { color: var(--soft); font-size: .9rem; white-space: nowrap; }
input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .4rem;
  padding: .4rem .7rem; min-width: 0; }
input { flex: 1 1 auto; }
button { cursor: pointer; }
header a.home { color: inherit; font-weight: 700; font-size: 1.3rem; text-decoration: none; display: flex; gap: .5rem; align-items: center; }
header a.home svg { color: var(--accent); }
footer { padding-top: 2rem; padding-bottom: 2rem; margin-top: 1.5rem; color: var(--soft); font-size: .9rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .75rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
h2, h3, [id] { scroll-margin-top: 1rem; }
p { margin: .5rem 0; max-width: 44rem; }
li { max-width: 50rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, input:focus-visible, button:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; overflow-x: auto;
  overflow-wrap: normal; }
code, pre { font: .9rem/1.55 ui-monospace, monospace; }
pre code { font-size: inherit; }
time, .tag { white-space: nowrap; }
.soft { color: var(--soft); }
.tag { font-size: .8rem; font-weight: 600; border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .55rem; color: var(--soft); }
.tag.warn { color: var(--warn); }
.state { border-left: .35rem solid var(--accent); background: var(--card); padding: .75rem 1rem; border-radius: .3rem; margin: 1rem 0; }
.state.bad { border-color: var(--bad); } .state.warn { border-color: var(--warn); }
.bad strong, strong.bad { color: var(--bad); } .warn strong, strong.warn { color: var(--warn); }
.verdict { font-size: 1.05rem; font-weight: 600; margin: 0; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: .75rem; margin: 1rem 0; }
dl.facts > div { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.05rem; } dl.facts dd.soft { font-size: .9rem; }
.summary { font-size: 1.15rem; color: var(--soft); }
nav.parts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; }
nav.parts a { padding: .2rem 0; } nav li { padding: .15rem 0; }
ul.results, ul.files, ol.history, ul.plain { list-style: none; padding: 0; }
ul.results li, ul.files > li, ol.history li { padding: .6rem 0; border-bottom: 1px solid var(--line); max-width: none; }
ul.results a { font-weight: 600; } ul.results a.version { font-weight: 400; } ul.results p { margin: .1rem 0 0; }
ul.plain { margin: .25rem 0 .75rem; } ul.plain li { padding: .1rem 0; }
ul.files > li { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; margin: .75rem 0; }
ul.files p { margin: .2rem 0; max-width: none; } ul.files h3 { margin: 0; }
summary { cursor: pointer; padding: .25rem 0; }
code.hash { font-size: .8rem; }
ol.proof { list-style: none; padding: 0; margin: .75rem 0 .75rem .4rem; }
ol.proof li { border-left: 2px solid var(--accent); padding: .25rem 0 .25rem 1.25rem; display: grid; gap: 0 1rem; position: relative;
  grid-template-columns: minmax(5.5rem, 8rem) minmax(8rem, 10rem) 1fr; max-width: none; }
ol.proof li::before { content: ''; position: absolute; left: -.4rem; top: .7rem; width: .7rem; height: .7rem; border-radius: 50%;
  background: var(--paper); border: 2px solid var(--accent); }
ol.proof li.target { display: block; } ol.proof li.target::before { background: var(--accent); }
dl.terms > div { padding: .2rem 0; } dl.terms { margin: .5rem 0; } dl.terms dd { font-size: 1rem; }
.description { border-top: 1px solid var(--line); padding: .25rem 0; }
.description > :first-child { margin-top: .75rem; }
.description p, .description li { max-width: 46rem; }
.description h3 { font-size: 1.35rem; margin: 1.75rem 0 .5rem; } .description h4 { font-size: 1.15rem; margin: 1.5rem 0 .4rem; }
.description h5, .description h6 { font-size: 1rem; margin: 1.25rem 0 .3rem; }
.description blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: .25rem solid var(--line); color: var(--soft); }
.description :not(pre) > code { background: var(--card); border: 1px solid var(--line); border-radius: .25rem; padding: .05rem .3rem; }
.description hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
.description table { width: auto; margin: .75rem 0; } .description td { min-width: 5.5rem; }
.scroll { overflow-x: auto; } .scroll th, .scroll td { overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody th { font-weight: 500; }
th[align=right], td[align=right] { text-align: right; } th[align=center], td[align=center] { text-align: center; }
figure.chain { margin: 1.25rem 0; max-width: 27rem; } figure.chain svg { width: 100%; height: auto; display: block; }
figcaption { font-size: .9rem; }
.chain rect { fill: var(--card); stroke: var(--edge); stroke-width: 1.5; } .chain .offline rect { stroke: var(--accent); stroke-width: 3.5; }
.chain .target rect { fill: var(--accent); stroke: none; } .chain .target text { fill: var(--card); }
.chain text { fill: var(--ink); font: 600 15px system-ui, sans-serif; } .chain text.more { font-weight: 400; font-size: 12.5px; }
.chain .arrows path { fill: none; stroke: var(--edge); stroke-width: 1.5; } .chain .versions path { stroke-dasharray: 4 3; }
.chain marker path { fill: var(--edge); }
@media (min-width: 60rem) {
  .told { display: grid; grid-template-columns: minmax(0, 1fr) 17rem; gap: 3rem; }
  .roles { display: grid; grid-template-columns: 23rem minmax(0, 1fr); gap: 2.5rem; align-items: start; }
  .told dl.terms dd, .told ul.plain { font-size: .95rem; }
}
@media (max-width: 34rem) {
  header form { flex: 1 1 100%; flex-wrap: wrap; } header label { flex: 1 1 100%; }
  dl.facts { gap: .4rem; } dl.facts > div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); align-items: baseline; }
  dl.facts time { white-space: normal; }
  dl.facts dd { grid-column: 2; font-size: 1rem; }
  h1 { font-size: 1.6rem; } main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  ol.proof li { display: block; } ol.proof code { display: block; }
}
@media print { header form, .skip, footer { display: none; } }
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
