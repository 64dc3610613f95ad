import { baseStyle, styleSheet } from '@rind/html';

/** Of all pages of the index, on top of what every page has. */
export const style = styleSheet(
  baseStyle,
  `
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
`,
);
