/**
 * Filters tables, keeps what the filters are set to in the address, and copies commands. Without it the page shows everything, and no form.
 * A step back in the browser undoes one change, not one key stroke.
 */
export const SCRIPT = `
const filters = [...document.querySelectorAll('form.filter')].map((form) => {
  const rows = [...document.querySelectorAll('#' + form.dataset.table + ' > tbody > tr')];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  return { form, rows, texts, fields: [...form.elements].filter(({ name }) => name) };
});
const valueOf = ({ type, checked, value }) => (type === 'checkbox' ? (checked ? 'true' : '') : value);
const fits = (row, text, field) => {
  const value = valueOf(field);
  return field.type === 'search'
    ? value.toLowerCase().split(' ').every((word) => text.includes(word))
    : value === '' || row.dataset[field.name] === value;
};
const set = (field, value) => {
  if (field.type === 'checkbox') {
    field.checked = value === 'true';
  } else if (field.value !== value) {
    field.value = value;
    field.value = field.value === value ? value : '';
  }
};
const settings = () => new URLSearchParams(location.hash.slice(1));
const show = () => {
  const all = settings();
  for (const { form, rows, texts, fields } of filters) {
    fields.forEach((field) => set(field, all.get(field.name) || ''));
    let shown = 0;
    rows.forEach((row, index) => {
      row.hidden = !fields.every((field) => fits(row, texts[index], field));
      shown += row.hidden ? 0 : 1;
    });
    form.querySelector('output').textContent = shown.toLocaleString('en-US') + ' of ' + rows.length.toLocaleString('en-US') + ' shown';
  }
};
const go = (all, replace) => {
  history[replace ? 'replaceState' : 'pushState'](null, '', '#' + all);
  show();
};
const focusOn = (form) => {
  const heading = document.getElementById(form.dataset.table + '-heading');
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
};
for (const { form, fields } of filters) {
  let typing;
  form.addEventListener('input', ({ target }) => {
    const all = settings();
    all.delete(target.name);
    if (valueOf(target) !== '') {
      all.set(target.name, valueOf(target));
    }
    go(all, typing === target);
    typing = target;
  });
  form.addEventListener('change', () => {
    typing = undefined;
  });
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    const all = settings();
    fields.forEach(({ name }) => all.delete(name));
    go(all, false);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
}
for (const link of document.querySelectorAll('a.filtered')) {
  link.addEventListener('click', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go(link.hash.slice(1), false);
      focusOn(document.querySelector('form[data-table="' + link.dataset.table + '"]'));
    }
  });
  link.hidden = false;
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('button.copy')) {
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = 'Copied';
    });
    button.hidden = false;
  }
}
addEventListener('hashchange', show);
show();
const active = filters.find(({ fields }) => fields.some((field) => valueOf(field) !== ''));
if (active) {
  focusOn(active.form);
}
`;
