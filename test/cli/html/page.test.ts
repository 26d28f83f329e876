import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { bar, command, filter, html, moment, table, verdict } from '../../../lib/cli/html/elements';
import { htmlPage } from '../../../lib/cli/html/page';
import { SCRIPT } from '../../../lib/cli/html/script';
import { STYLE } from '../../../lib/cli/html/style';
import type { StatusWord } from '../../../lib/model/status';
import { between, elementsOf, textOf } from '../../helpers/page';

const page = htmlPage('A report', '2026-02-03', html`<p>${'<b>'}</p>`);

describe('a page', () => {
  test('is whole, has a title and escapes what it is given', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    elementsOf(page);
    expect(page).toContain('<title>A report, 2026-02-03</title>');
    expect(page).toContain('<p>&lt;b&gt;</p>');
  });

  test('loads nothing: no address, and a policy that forbids it', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|\bsrc=|\bhref="[^#]| style="/i);
    const policy = between(page, 'http-equiv="Content-Security-Policy" content="', '"');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; base-uri 'none'; form-action 'none'$/,
    );
    for (const element of ['style', 'script']) {
      const text = between(page, `<${element}>`, `</${element}>`);
      expect(policy).toContain(`${element}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    }
  });
});

describe('elements', () => {
  test.each<[StatusWord, string]>([
    ['ok', '✓ OK: x'],
    ['failed', '✗ Failed: x'],
    ['unknown', '? Unknown: x'],
    ['skipped', '– Skipped: x'],
  ])('a verdict of %s has a sign and a word, not a colour alone', (status, text) => {
    expect(textOf(verdict(status, 'x').text)).toBe(text);
  });

  test('a table has headings for every column and row, a caption, and labels for where it is stacked', () => {
    const { text } = table('Caption', [['One'], ['Two', 'number']], [['a', 1], { cells: ['b', 2], data: { pair: '"x"' } }]);
    expect(text).not.toMatch(/<th(?! scope="(?:row|col)" role="(?:row|column)header")[ >]/);
    expect(text).toContain('<caption>Caption</caption>');
    expect(text).toContain('<td role="cell" data-label="Two" class="number">1</td>');
    expect(text).toContain('<tr role="row" data-pair="&quot;x&quot;">');
  });

  test('a bar is in proportion, and what is there at all can be seen', () => {
    const widths = (values: number[], most?: number) =>
      [
        ...bar(
          values.map((value) => ({ tone: 'same' as const, value })),
          most,
        ).text.matchAll(/ width="([\d.]+)%"/g),
      ].map(([, width]) => Number(width));
    expect(widths([1, 3])).toEqual([25, 75]);
    expect(widths([0, 0])).toEqual([]);
    expect(widths([1], 4)).toEqual([25]);
    expect(widths([1_000_000, 1, 1])).toEqual([97, 1.5, 1.5]);
    expect(bar([{ tone: 'same', value: 1 }]).text).toContain('aria-hidden="true"');
  });

  test('a command is copied as it is', () => {
    expect(textOf(between(command(`a --b 'c  <d>'`).text, '<code>', '</code>'))).toBe(`a --b 'c  <d>'`);
  });

  test('a moment is read to the second', () => {
    expect(textOf(moment('2026-02-03T04:05:06.789Z').text)).toBe('2026-02-03 04:05:06 UTC');
    expect(textOf(moment('some time').text)).toBe('some time');
  });
});

describe('the style', () => {
  test('is dark where the reader wants it dark, and prints everything', () => {
    expect(STYLE).toContain('@media (prefers-color-scheme: dark)');
    expect(between(STYLE, '@media print {', '\n}')).toMatch(
      /form[^{]*\{ display: none; \}\n {2}tr\[hidden\] \{ display: table-row; \}/,
    );
    const [light = '', dark = ''] = STYLE.split('@media (prefers-color-scheme: dark)');
    const colours = (text: string) => [...(text.split('@media')[0] ?? '').matchAll(/(--[\w-]+): #/g)].map(([, name]) => name);
    expect(colours(dark)).toEqual(colours(light));
  });

  test.each([
    ['light', 0],
    ['dark', 1],
  ])('has enough contrast when %s', (_, scheme) => {
    const block = STYLE.split('@media (prefers-color-scheme: dark)')[scheme]?.split('@media')[0] ?? '';
    const colours = new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]+)/g)].map(([, name = '', colour = '']) => [name, colour]));
    const [backs, texts] = [
      ['--back', '--stripe'],
      ['--text', '--quiet', '--same', '--waiting', '--wrong', '--unknown', '--other', '--link'],
    ];
    for (const name of texts ?? []) {
      for (const back of backs ?? []) {
        const [low = 0, high = 0] = [luminance(colours.get(name)), luminance(colours.get(back))].toSorted(
          (one, other) => one - other,
        );
        expect({ name, back, enough: (high + 0.05) / (low + 0.05) >= 4.5 }).toEqual({ name, back, enough: true });
      }
    }
  });

  test('shows where the focus is', () => {
    expect(STYLE).toMatch(/:focus-visible \{ outline: 3px/);
  });
});

describe('the script', () => {
  interface Row {
    readonly dataset: Readonly<Record<string, string>>;
    readonly textContent: string;
    hidden: boolean;
  }

  const row = (textContent: string, state = 'failed', wrong = 'true', cause = '1'): Row => ({
    dataset: { state, wrong, cause },
    textContent,
    hidden: false,
  });

  type Listener = (event: object) => void;

  /** Things that listen, and what happens to them. */
  function target<Properties extends object>(properties: Properties) {
    const listeners: Record<string, Listener> = {};
    return {
      ...properties,
      addEventListener: (name: string, listener: Listener) => {
        listeners[name] = listener;
      },
      happen: (name: string, event: object = {}) => listeners[name]?.(event),
    };
  }

  /** A browser with one filter over rows, at an address. */
  function browser(rows: readonly Row[], hash = '') {
    const fields = {
      text: { name: 'text', type: 'search', value: '' },
      state: { name: 'state', type: 'select-one', value: '' },
      wrong: { name: 'wrong', type: 'checkbox', value: 'on', checked: false },
    };
    const reset = { name: '', type: 'reset', value: '' };
    const output = { textContent: '' };
    const form = target({
      dataset: { table: 'differences' },
      elements: [...Object.values(fields), reset],
      hidden: true,
      querySelector: () => output,
    });
    const link = target({ hash: '#state=extra', hidden: true, dataset: { table: 'differences' } });
    const button = target({ hidden: true, previousElementSibling: { textContent: 'npx x' }, textContent: 'Copy' });
    const heading = { scrollIntoView: jest.fn(), focus: jest.fn() };
    const location = { hash };
    const addresses = [hash];
    const window = target({});
    const go = (address: string) => {
      location.hash = address === '#' ? '' : address;
    };
    const lists: Record<string, readonly object[]> = {
      'form.filter': [form],
      '#differences > tbody > tr': rows,
      'a.filtered': [link],
      'button.copy': [button],
    };
    const copied: string[] = [];
    const globals = {
      URLSearchParams,
      location,
      navigator: { clipboard: { writeText: async (text: string) => copied.push(text) } },
      addEventListener: window.addEventListener,
      history: {
        pushState: (_: null, __: string, address: string) => {
          addresses.push(address);
          go(address);
        },
        replaceState: (_: null, __: string, address: string) => {
          addresses.splice(-1, 1, address);
          go(address);
        },
      },
      document: {
        querySelectorAll: (selector: string) => lists[selector] ?? [],
        querySelector: () => form,
        getElementById: () => heading,
      },
    };
    runInContext(SCRIPT, createContext(globals));
    return {
      fields,
      form,
      link,
      button,
      heading,
      output,
      addresses,
      copied,
      shown: () => rows.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent),
      type: (name: keyof typeof fields, change: object) => {
        Object.assign(fields[name], change);
        form.happen('input', { target: fields[name] });
      },
      back: () => {
        addresses.pop();
        go(addresses.at(-1) ?? '');
        window.happen('hashchange');
      },
    };
  }

  const ROWS = () => [row('invoices/one.pdf FAILED'), row('photos/two.jpg', 'extra', 'false'), row('notes.pdf', 'size')];

  test('offers the form, links and buttons only where scripts run', () => {
    const { text } = filter('x', [{ kind: 'search', name: 'text', label: 'Search' }]);
    expect(text).toContain('<form class="filter" role="search" data-table="x" hidden>');
    expect(text).toContain('<output aria-live="polite">');
    const { form, link, button, output } = browser(ROWS());
    expect([form.hidden, link.hidden, button.hidden]).toEqual([false, false, false]);
    expect(output.textContent).toBe('3 of 3 shown');
  });

  test.each<[string, 'text' | 'state' | 'wrong', object, string[], string]>([
    ['every word, in any order and case', 'text', { value: 'PDF Invoices' }, ['invoices/one.pdf FAILED'], '#text=PDF+Invoices'],
    ['a state', 'state', { value: 'extra' }, ['photos/two.jpg'], '#state=extra'],
    ['what is wrong', 'wrong', { checked: true }, ['invoices/one.pdf FAILED', 'notes.pdf'], '#wrong=true'],
    ['nothing', 'text', { value: 'nowhere' }, [], '#text=nowhere'],
    ['what an address could not hold as it is', 'text', { value: '&state=#%' }, [], '#text=%26state%3D%23%25'],
  ])('finds %s, counts it and keeps it in the address', (_, name, change, expected, address) => {
    const at = browser(ROWS());
    at.type(name, change);
    expect(at.shown()).toEqual(expected);
    expect(at.output.textContent).toBe(`${expected.length} of 3 shown`);
    expect(at.addresses.at(-1)).toBe(address);
  });

  test('filters by the address that the page is opened with, and goes to the table', () => {
    const { shown, fields, heading } = browser(ROWS(), '#text=two&state=extra');
    expect(shown()).toEqual(['photos/two.jpg']);
    expect([fields.text.value, fields.state.value, fields.wrong.checked]).toEqual(['two', 'extra', false]);
    expect(heading.scrollIntoView).toHaveBeenCalledTimes(1);
  });

  test.each(['#%E0%A4%A', '#text', '#=', '#__proto__=1'])('bears the address %s', (hash) => {
    expect(browser(ROWS(), hash).shown()).toHaveLength(3);
  });

  test('takes a step back for each change, and not for each key stroke', () => {
    const at = browser(ROWS());
    for (const value of ['p', 'ph', 'photos']) {
      at.type('text', { value });
    }
    at.type('state', { value: 'size' });
    expect(at.addresses).toEqual(['', '#text=photos', '#text=photos&state=size']);
    expect(at.shown()).toEqual([]);
    at.back();
    expect(at.shown()).toEqual(['photos/two.jpg']);
    expect(at.fields.state.value).toBe('');
    at.back();
    expect(at.shown()).toHaveLength(3);
    expect(at.fields.text.value).toBe('');
    for (const value of ['n', 'no']) {
      at.type('text', { value });
      at.form.happen('change');
    }
    expect(at.addresses).toEqual(['', '#text=n', '#text=no']);
  });

  test('shows all again', () => {
    const preventDefault = jest.fn();
    const { form, shown } = browser(ROWS(), '#text=two');
    form.happen('reset', { preventDefault });
    expect(shown()).toHaveLength(3);
    expect(preventDefault).toHaveBeenCalledTimes(1);
  });

  test('filters the table by the link of a cause, in place of what was set', () => {
    const preventDefault = jest.fn();
    const { link, shown, heading } = browser(ROWS(), '#text=notes');
    link.happen('click', { preventDefault });
    expect(shown()).toEqual(['photos/two.jpg']);
    expect(preventDefault).toHaveBeenCalledTimes(1);
    expect(heading.focus).toHaveBeenLastCalledWith({ preventScroll: true });
  });

  test('leaves a click for another tab to the browser', () => {
    const preventDefault = jest.fn();
    const { link, shown } = browser(ROWS());
    link.happen('click', { preventDefault, ctrlKey: true });
    expect([shown().length, preventDefault.mock.calls.length]).toEqual([3, 0]);
  });

  test('copies a command', async () => {
    const { button, copied } = browser(ROWS());
    button.happen('click');
    await new Promise(setImmediate);
    expect([copied, button.textContent]).toEqual([['npx x'], 'Copied']);
  });

  test('stays on the page when the form is sent', () => {
    const preventDefault = jest.fn();
    browser(ROWS()).form.happen('submit', { preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(1);
  });
});

/** @see https://www.w3.org/TR/WCAG21/#dfn-relative-luminance */
function luminance(colour = ''): number {
  const hex = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
