import { baseStyle, styleSheet } from '@rind/html';

/** Of auth's pages: forms one below the other, and what they refuse beside the field. */
export const style = styleSheet(
  baseStyle,
  `
header nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0; align-items: center; }
header nav form { display: inline; flex: none; }
main form { max-width: 26rem; margin: 1rem 0; }
main form.inline { margin: .5rem 0; }
.field { margin: 1rem 0; }
.field label { display: block; font-weight: 600; margin-bottom: .2rem; }
.field input, .field textarea { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .4rem; padding: .55rem .7rem; }
.field input[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.field .hint, .field .refused { margin: .25rem 0 0; font-size: .92rem; }
.field .hint { color: var(--soft); } .field .refused, .refused strong { color: var(--bad); }
button:disabled { opacity: .6; cursor: default; }
button.main { background: var(--accent); color: var(--card); border-color: var(--accent); font-weight: 600; padding: .55rem 1.2rem; }
.refused-all { border-left: .35rem solid var(--bad); background: var(--card); padding: .75rem 1rem; border-radius: .3rem; margin: 1rem 0; }
.strength { margin: -.5rem 0 1rem; } .strength meter { width: 100%; height: .8rem; } .strength p { margin: .1rem 0 0; font-size: .92rem; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1.5rem; } dl > div { display: contents; } dd { margin: 0; overflow-wrap: anywhere; }
ul.rows { list-style: none; padding: 0; } ul.rows li { padding: .6rem 0; border-bottom: 1px solid var(--line); max-width: none; }
ul.rows p { margin: .1rem 0 0; }
ol.steps li { padding: .3rem 0; } figure.qr { margin: 1rem 0; width: 15rem; max-width: 100%; } figure.qr svg { width: 100%; height: auto; display: block; }
ul.codes { columns: 2; max-width: 26rem; padding-left: 1.25rem; } ul.codes code { font-size: 1rem; }
ul.actions { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
article.mail { border: 1px solid var(--line); background: var(--card); border-radius: .4rem; padding: .75rem 1rem; margin: 1rem 0; }
article.mail h2 { font-size: 1.05rem; margin: 0; } article.mail pre { border: 0; padding: .5rem 0 0; white-space: pre-wrap; background: none; }
`,
);
