/** What all pages have in common: light and dark by the reader's own choice, and legible at any width. */
export const baseStyle = `
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
`;
