/** Every colour has a contrast of at least 4.5 to 1 on every background. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --stripe: #f6f8fa;
  --same: #1a7f37; --waiting: #855700; --wrong: #c21c28; --unknown: #7d3fc0; --other: #59636e; --link: #0550ae;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --stripe: #151b23;
    --same: #3fb950; --waiting: #d29922; --wrong: #ff7b72; --unknown: #c297ff; --other: #8b949e; --link: #79b8ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; }
h1 { margin-top: 0; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.verdict { margin: 1rem 0; padding: 0.75rem 1rem; border: 2px solid; border-left-width: 0.75rem; font-size: 1.2rem; }
.ok { color: var(--same); }
.failed { color: var(--wrong); }
.unknown { color: var(--unknown); }
.skipped { color: var(--other); }
.sign { font-weight: 700; }
.quiet, caption, dt { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; }
.cause { margin: 1rem 0; padding: 0.25rem 1rem; border: 1px solid var(--line); border-left: 0.4rem solid var(--other); break-inside: avoid; }
.cause.is-failed { border-left-color: var(--wrong); }
.cause.is-unknown { border-left-color: var(--unknown); }
.cause h3 { margin: 0.5rem 0; }
.cause p { margin: 0.5rem 0; }
.steps { padding-left: 1.5rem; }
.command { display: flex; gap: 0.5rem; align-items: center; margin: 0.25rem 0; padding: 0.4rem 0.6rem; background: var(--stripe); border: 1px solid var(--line); }
.command code { flex: 1; user-select: all; }
.command span { display: inline-block; max-width: 100%; }
time span { white-space: nowrap; }
code { font: 0.9em ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
code i { color: var(--waiting); }
button { font: inherit; }
.command button { font-size: 0.85em; }
table { width: 100%; border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; padding-bottom: 0.25rem; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0.25rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th, tfoot th, tfoot td { font-weight: 600; }
thead th { overflow-wrap: normal; }
tbody tr:nth-child(even) { background: var(--stripe); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { width: 50%; min-width: 8rem; overflow-wrap: anywhere; }
td.bar { width: 12rem; min-width: 7rem; }
svg { display: inline-block; width: 100%; min-width: 5rem; max-width: 24rem; height: 0.9rem; vertical-align: middle; background: var(--stripe); outline: 1px solid var(--line); }
.same { fill: var(--same); }
.waiting { fill: var(--waiting); }
.wrong { fill: var(--wrong); }
.unknown { fill: var(--unknown); }
.other { fill: var(--other); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
.legend svg { width: 0.9rem; min-width: 0; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin: 1rem 0; }
form[hidden], tr[hidden], button[hidden], a[hidden] { display: none; }
label { max-width: 100%; }
input, select { font: inherit; max-width: 100%; }
.search { flex: 1 1 16rem; display: flex; gap: 0.5rem; align-items: center; }
.search input { flex: 1; min-width: 8rem; }
select { width: 14rem; }
@media screen and (max-width: 46rem) {
  body { padding: 0.75rem; }
  dl { display: block; }
  dd { margin-bottom: 0.5rem; }
  table, caption, tbody, tfoot, tbody tr, tfoot tr, tbody th, tbody td, tfoot th, tfoot td { display: block; width: auto; min-width: 0; }
  tbody .wide, tbody .number, tbody .bar, tfoot .wide, tfoot .number, tfoot .bar { width: auto; min-width: 0; text-align: left; white-space: normal; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr, tfoot tr { padding: 0.5rem; border-bottom: 2px solid var(--line); }
  tbody th, tbody td, tfoot th, tfoot td { padding: 0.1rem 0; border: 0; }
  tr > [data-label]:not([data-label=""])::before { content: attr(data-label) ": "; color: var(--quiet); }
  tr > :empty { display: none; }
  label, select { width: 100%; }
  .search { flex-wrap: wrap; }
  input[type=search] { width: 100%; }
}
@media print {
  :root { --back: #fff; --text: #000; --quiet: #444; --line: #999; --stripe: #fff; }
  body { padding: 0; max-width: none; font-size: 10px; }
  form, button, a.filtered { display: none; }
  tr[hidden] { display: table-row; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
