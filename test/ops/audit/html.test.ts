import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { htmlReport } from '../../../lib/ops/audit/html/page';
import {
  AGE_BOUNDS,
  type AuditReport,
  type Difference,
  MOST_DIFFERENCES,
  MOST_PREFIXES,
  type PairReport,
  STATES,
  type State,
  type Totals,
} from '../../../lib/ops/audit/report';

const NOTHING: Totals = { versions: 0, bytes: 0 };

function statesOf(found: Partial<Record<State, Totals>>): Record<State, Totals> {
  return Object.fromEntries(STATES.map((state) => [state, found[state] ?? NOTHING])) as Record<State, Totals>;
}

function pairReport(changes: Partial<PairReport> = {}): PairReport {
  return {
    pair: 'documents',
    sourceBucket: 'the-source',
    replicaBucket: 'the-replica',
    prefix: '',
    source: { versions: 1_234_567, bytes: 5 * 1024 ** 3, deleteMarkers: 12 },
    replica: { versions: 1_234_560, bytes: 4 * 1024 ** 3, deleteMarkers: 11 },
    states: statesOf({ same: { versions: 1_234_000, bytes: 4000 }, failed: { versions: 7, bytes: 1000 } }),
    wrong: 7,
    ages: [...AGE_BOUNDS, null].map((upToSeconds) => ({
      upToSeconds,
      ...(upToSeconds === 900 ? { versions: 7, bytes: 1000 } : NOTHING),
    })),
    prefixes: [
      { prefix: 'invoices/', states: { same: { versions: 1_234_000, bytes: 4000 }, failed: { versions: 7, bytes: 1000 } } },
      { prefix: null, states: { same: { versions: 3, bytes: 2048 } } },
    ],
    ...changes,
  };
}

function difference(changes: Partial<Difference> = {}): Difference {
  return {
    pair: 'documents',
    state: 'failed',
    wrong: true,
    key: 'invoices/one.pdf',
    versionId: 'version-1',
    isLatest: true,
    isDeleteMarker: false,
    lastModified: '2026-02-03T04:05:06.000Z',
    sourceSize: 2048,
    replicaSize: null,
    sourceClass: 'STANDARD',
    replicaClass: null,
    replicationStatus: 'FAILED',
    why: 'S3 says FAILED',
    ...changes,
  };
}

function auditReport(changes: Partial<AuditReport> = {}): AuditReport {
  return {
    status: 'failed',
    deployment: 'backups',
    startedAt: '2026-02-03T10:00:00.000Z',
    endedAt: '2026-02-03T10:05:00.000Z',
    matchedBy: 'version-id',
    olderThanSeconds: 900,
    deep: null,
    requests: { list: 2470, head: 7, get: 0 },
    pairs: [pairReport()],
    differences: [difference()],
    moreDifferences: 0,
    ...changes,
  };
}

/** The text between the first of two marks and the next of the other. */
function between(page: string, start: string, end: string): string {
  const from = page.indexOf(start) + start.length;
  return page.slice(from, page.indexOf(end, from));
}

/** The elements of a page, in order; fails where one is not closed, or closed in the wrong place. */
function elementsOf(page: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const misplaced: string[] = [];
  const body = page.replace(/<(style|script)>[^]*?<\/\1>/g, '<$1></$1>');
  for (const [, slash, name = '', selfClosed] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      misplaced.push(...(open.pop() === name ? [] : [name]));
    } else {
      found.push(name);
      open.push(...(selfClosed === '/' || ['meta', 'input'].includes(name) ? [] : [name]));
    }
  }
  expect({ open, misplaced }).toEqual({ open: [], misplaced: [] });
  return found;
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '</code></table><img src=x onerror=alert(1)>',
  `"><svg onload='alert(1)'>`,
  '&lt;b&gt; & &#60;',
  '<!-- --> <![CDATA[ ]]>',
  '{{constructor}} ${process.env} javascript:alert(1)',
];

describe('the page', () => {
  test('is whole and has a verdict, totals, each pair and the differences', () => {
    const page = htmlReport(auditReport());
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    elementsOf(page);
    expect([...page.matchAll(/<h[123]>(.*?)<\/h[123]>/g)].map(([, heading]) => heading)).toEqual([
      'Replication audit of backups',
      'Totals',
      'Pair documents',
      'By state',
      'By age',
      'By prefix',
      'Differences',
    ]);
    expect(page).toContain('Wrong: 7.');
    expect(page).toContain('1,234,567');
    expect(page).toContain('5 GiB');
    expect(page).toContain('2026-02-03T10:05:00.000Z, after 5 minutes');
  });

  test('says that nothing is wrong', () => {
    const pair = pairReport({
      states: statesOf({ same: { versions: 3, bytes: 30 } }),
      wrong: 0,
      ages: [{ upToSeconds: null, ...NOTHING }],
    });
    const page = htmlReport(auditReport({ status: 'ok', differences: [], pairs: [pair] }));
    expect(between(page, '<p class="verdict fine">', '</p>')).toBe('Nothing is wrong.');
    expect(page).toContain('<p>Nothing waits to be replicated.</p>');
    expect(page).toContain('<h2>Differences</h2>\n<p>None.</p>');
    expect(page).not.toContain('<form');
  });

  test('does not call fine what could not be found out', () => {
    const pair = pairReport({ states: statesOf({ unknown: { versions: 4, bytes: 0 } }), wrong: 0 });
    const page = htmlReport(auditReport({ status: 'unknown', pairs: [pair] }));
    expect(between(page, '<p class="verdict wrong">', '</p>')).toBe('Nothing is known to be wrong. Could not be found out: 4.');
  });

  test('says beside the verdict what was skipped and what was deleted meanwhile', () => {
    const one = { versions: 1, bytes: 1 };
    const pair = pairReport({ wrong: 0, states: statesOf({ skipped: { versions: 2, bytes: 2 }, deleted: one }) });
    const deep = { versions: 5, unknown: 0, skipped: 2, percent: 100 };
    const page = htmlReport(auditReport({ status: 'ok', pairs: [pair], deep }));
    expect(page).toContain('Nothing is wrong. Deleted while the audit ran: 1. Skipped (SSE-C): 2.</p>');
    expect(page).toContain('5 versions (--deep 100); 2 more were skipped (SSE-C)');
  });

  test('adds up several pairs', () => {
    const page = htmlReport(auditReport({ pairs: [pairReport(), pairReport({ pair: 'images' })] }));
    const foot = between(page, '<tfoot>', '</tfoot>');
    expect(foot).toContain('all 2');
    expect(foot).toContain('2,469,134');
    expect(page).toContain('<h2>Pair images</h2>');
  });

  test('names what it lists by age and by prefix', () => {
    const page = htmlReport(auditReport());
    expect(page).toContain('up to 60 seconds ago');
    expect(page).toContain('60 seconds to 15 minutes ago');
    expect(page).toContain('more than 365 days ago');
    expect(page).toContain('failed 7 (1000 B)');
    expect(page).toContain('all other prefixes');
  });

  test('gives every column and row of a table a heading', () => {
    const page = htmlReport(auditReport());
    expect(page).not.toMatch(/<th(?! scope="(?:row|col)")[ >]/);
    const rows = page.match(/<tr/g)?.length;
    const heads = page.match(/<thead>/g)?.length ?? 0;
    expect(page.match(/<th scope="row"/g)?.length).toBe(Number(rows) - heads);
    expect(page.match(/<caption>/g)?.length).toBe(page.match(/<table/g)?.length);
  });

  test('draws bars in proportion, which readers of the numbers need not see', () => {
    const page = htmlReport(auditReport());
    expect(page).toContain('<rect class="same" x="0.00%" width="100.00%" height="100%"/>');
    expect(page).toContain('<rect class="differs" x="0.00%" width="25.00%" height="100%"/>');
    expect(page).toContain('<rect class="differs" x="80.00%" width="20.00%" height="100%"/>');
    expect(page.match(/<svg aria-hidden="true">/g)?.length).toBe(page.match(/<svg/g)?.length);
  });

  test('is dark where the reader wants it dark, and can be printed', () => {
    const style = between(htmlReport(auditReport()), '<style>', '</style>');
    expect(style).toContain('@media (prefers-color-scheme: dark)');
    expect(style).toContain('@media print');
    const [light = '', dark = ''] = style.split('@media (prefers-color-scheme: dark)');
    const colours = (text: string) => [...text.matchAll(/(--[\w-]+): #/g)].map(([, name]) => name);
    expect(colours(dark)).toEqual(colours(light));
  });

  test.each([
    ['light', 0],
    ['dark', 1],
  ])('has enough contrast when %s', (_, scheme) => {
    const style = between(htmlReport(auditReport()), '<style>', '</style>');
    const block = style.split('@media (prefers-color-scheme: dark)')[scheme] ?? '';
    const colours = new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]+)/g)].map(([, name = '', colour = '']) => [name, colour]));
    for (const name of ['--text', '--quiet', '--same', '--waiting', '--differs', '--left-out']) {
      for (const back of ['--back', '--stripe']) {
        const [low = 0, high = 0] = [luminance(colours.get(name)), luminance(colours.get(back))].toSorted(
          (one, other) => one - other,
        );
        expect({ name, back, enough: (high + 0.05) / (low + 0.05) >= 4.5 }).toEqual({ name, back, enough: true });
      }
    }
  });

  test('loads nothing: no address, and a policy that forbids it', () => {
    const page = htmlReport(auditReport());
    expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|\bsrc=|\bhref=| style="/i);
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

describe('hostile text', () => {
  test.each(HOSTILE)('%s stays text', (text) => {
    const plain = elementsOf(htmlReport(auditReport({ differences: [difference({ versionId: text, why: text })] })));
    const hostile = auditReport({
      pairs: [pairReport({ prefix: text, prefixes: [{ prefix: text, states: {} }] })],
      differences: [
        difference({ key: text, versionId: text, why: text, replicationStatus: text, sourceClass: text, lastModified: text }),
      ],
    });
    const page = htmlReport(hostile);
    expect(elementsOf(page).filter((name) => name === 'script' || name === 'img')).toEqual(['script']);
    expect(new Set(elementsOf(page))).toEqual(new Set(plain));
    expect(page).not.toContain('<script>alert');
  });

  test.each([
    ['null', 'a\0b', 'a<i>\\u0000</i>b'],
    ['a line feed', 'a\nb', 'a<i>\\u000a</i>b'],
    ['an escape', 'a\u001b[31mb', 'a<i>\\u001b</i>[31mb'],
    ['a line separator', 'a\u2028b', 'a<i>\\u2028</i>b'],
    ['a change of direction', 'a\u202egpj.exe', 'a<i>\\u202e</i>gpj.exe'],
    ['a space of no width', 'a\u200bb', 'a<i>\\u200b</i>b'],
    ['a space that does not break', 'a\u00a0b', 'a<i>\\u00a0</i>b'],
    ['half a character', 'a\ud800b', 'a<i>\\ud800</i>b'],
    ['a tag character', 'a\u{e0041}b', 'a<i>\\u{e0041}</i>b'],
    ['what looks like one of them', 'a\\u0000b', 'a\\u0000b'],
    ['letters of any language', 'Größe 写真 🙂', 'Größe 写真 🙂'],
  ])('shows %s', (_, key, shown) => {
    expect(htmlReport(auditReport({ differences: [difference({ key })] }))).toContain(`<code>${shown}</code>`);
  });
});

describe('the differences', () => {
  const rowsOf = (page: string) => [...page.matchAll(/<tr data-state[^]*?<\/tr>/g)].map(([row]) => row);

  test('are all there without a script, the wrong ones first and then by key', () => {
    const differences = [
      difference({ key: 'b', wrong: false, state: 'in-flight' }),
      difference({ key: 'z' }),
      difference({ key: 'a', wrong: false, state: 'in-flight' }),
      difference({ key: 'c' }),
    ];
    const rows = rowsOf(htmlReport(auditReport({ differences })));
    expect(rows.map((row) => between(row, '<code>', '</code>'))).toEqual(['c', 'z', 'a', 'b']);
    expect(rows.join('')).not.toContain('hidden');
  });

  test('say which copy is how large', () => {
    const one = difference({
      state: 'size',
      replicaSize: 2049,
      replicaClass: 'STANDARD_IA',
      replicationStatus: null,
      isDeleteMarker: true,
    });
    const [row] = rowsOf(htmlReport(auditReport({ differences: [one] })));
    expect(row).toContain('2,048 B <span class="quiet">STANDARD</span>');
    expect(row).toContain('2,049 B <span class="quiet">STANDARD_IA</span>');
    expect(row).toContain('latest, delete marker');
    expect(row).toContain('<time datetime="2026-02-03T04:05:06.000Z">');
  });

  test('are said to be more where they are', () => {
    expect(htmlReport(auditReport({ moreDifferences: 4999 }))).toContain('These are 1 of 5,000: --csv FILE writes all of them.');
    expect(htmlReport(auditReport())).not.toContain('--csv');
  });

  test('leave the page small, however long their keys', () => {
    const key = '\u202e'.repeat(341);
    const prefixes = Array.from({ length: MOST_PREFIXES }, () => ({
      prefix: key,
      states: statesOf({ same: { versions: 1, bytes: 1 } }),
    }));
    const differences = Array.from({ length: MOST_DIFFERENCES }, () => difference({ key }));
    const page = htmlReport(auditReport({ differences, pairs: [pairReport({ prefixes })] }));
    expect(rowsOf(page)).toHaveLength(MOST_DIFFERENCES);
    expect(page.length).toBeLessThan(8_000_000);
  });
});

describe('the search', () => {
  interface Row {
    readonly dataset: { readonly state: string; readonly wrong: string };
    readonly textContent: string;
    hidden: boolean;
  }

  /** Runs the script of a page over rows, and returns what a person does with the form. */
  function search(rows: readonly Row[]) {
    const elements = { text: { value: '' }, state: { value: '' }, wrong: { checked: false } };
    const listeners: Record<string, (event: { preventDefault: () => void }) => void> = {};
    const form = {
      elements,
      hidden: true,
      addEventListener: (name: string, listener: () => void) => {
        listeners[name] = listener;
      },
    };
    const shown = { textContent: '' };
    const document = {
      getElementById: (id: string) => ({ search: form, shown })[id],
      querySelectorAll: () => rows,
    };
    runInContext(between(htmlReport(auditReport()), '<script>', '</script>'), createContext({ document }));
    return { elements, form, shown, listeners, input: () => listeners['input']?.({ preventDefault: () => undefined }) };
  }

  const row = (textContent: string, state = 'failed', wrong = 'true'): Row => ({
    dataset: { state, wrong },
    textContent,
    hidden: false,
  });

  test('offers the form only where scripts run', () => {
    expect(htmlReport(auditReport())).toContain('<form id="search" role="search" hidden>');
    const { form, shown } = search([row('one'), row('two')]);
    expect(form.hidden).toBe(false);
    expect(shown.textContent).toBe('2 of 2 shown');
  });

  test.each([
    ['every word, in any order and case', { text: 'PDF Invoices' }, ['invoices/one.pdf FAILED']],
    ['a state', { state: 'extra' }, ['photos/two.jpg']],
    ['what is wrong', { wrong: true }, ['invoices/one.pdf FAILED', 'notes.pdf']],
    ['nothing', { text: 'nowhere' }, []],
  ])('finds %s', (_, { text = '', state = '', wrong = false }: { text?: string; state?: string; wrong?: boolean }, expected) => {
    const rows = [row('invoices/one.pdf FAILED'), row('photos/two.jpg', 'extra', 'false'), row('notes.pdf', 'size')];
    const { elements, shown, input } = search(rows);
    Object.assign(elements, { text: { value: text }, state: { value: state }, wrong: { checked: wrong } });
    input();
    expect(rows.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent)).toEqual(expected);
    expect(shown.textContent).toBe(`${expected.length} of 3 shown`);
  });

  test('stays on the page when the form is sent', () => {
    const preventDefault = jest.fn();
    search([row('one')]).listeners['submit']?.({ preventDefault });
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
