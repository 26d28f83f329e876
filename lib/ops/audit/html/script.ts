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
