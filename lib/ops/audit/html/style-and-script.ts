/** Every colour has a contrast of at least 4.5 to 1 on both backgrounds. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --stripe: #f6f8fa;
  --same: #1a7f37; --waiting: #9a6700; --differs: #cf222e; --left-out: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --stripe: #151b23;
    --same: #3fb950; --waiting: #d29922; --differs: #f85149; --left-out: #8b949e;
  }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
.verdict { font-size: 1.2rem; font-weight: 600; }
.verdict.wrong, .mark { color: var(--differs); }
.verdict.fine { color: var(--same); }
.quiet, caption, dt { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; padding-bottom: 0.25rem; }
th, td { padding: 0.2rem 0.75rem 0.2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th, tfoot th, tfoot td { font-weight: 600; }
tbody tr:nth-child(even) { background: var(--stripe); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 0.9em ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
code i { color: var(--waiting); }
.key, .words { min-width: 20rem; }
time, .id, .id code { white-space: nowrap; }
svg { width: 16rem; height: 0.9rem; }
rect.same { fill: var(--same); }
rect.waiting { fill: var(--waiting); }
rect.differs { fill: var(--differs); }
rect.left-out { fill: var(--left-out); }
form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1rem 0; }
form[hidden], tr[hidden] { display: none; }
input, select { font: inherit; }
input[type=search] { width: 24rem; max-width: 100%; }
@media print {
  body { padding: 0; max-width: none; font-size: 10px; }
  form { display: none; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Searches the table of differences. Without it the page shows them all, and no form. */
export const SCRIPT = `
const form = document.getElementById('search');
if (form !== null) {
  const rows = [...document.querySelectorAll('#differences tbody tr')];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const show = () => {
    const { text, state, wrong } = form.elements;
    const words = text.value.toLowerCase().split(' ').filter((word) => word !== '');
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = (state.value === '' || row.dataset.state === state.value)
        && (!wrong.checked || row.dataset.wrong === 'true')
        && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    document.getElementById('shown').textContent = shown + ' of ' + rows.length + ' shown';
  };
  form.addEventListener('input', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  show();
}
`;
