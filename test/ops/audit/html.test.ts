import type { Deployment } from '../../../lib/model/deployment';
import { htmlReport } from '../../../lib/ops/audit/html/page';
import { segmentsOf } from '../../../lib/ops/audit/html/pairs';
import {
  AGE_BOUNDS,
  type AuditReport,
  type Difference,
  MOST_DIFFERENCES,
  MOST_PREFIXES,
  type PairReport,
  STATES,
  type State,
  type StateTotals,
  type Totals,
} from '../../../lib/ops/audit/report';
import { validConfig } from '../../helpers/config';
import { between, commandsIn, elementsOf, textOf } from '../../helpers/page';

const NOTHING: Totals = { versions: 0, bytes: 0 };

const CONFIG = validConfig({ pairs: [{ id: 'documents' }, { id: 'images' }], backfill: true });

const pageOf = (changes: Partial<AuditReport> = {}, config: Deployment = CONFIG) => htmlReport(config, auditReport(changes));

function totals(versions: number, wrong = 0, bytes = versions): StateTotals {
  return { versions, bytes, wrong };
}

function statesOf(found: Partial<Record<State, StateTotals>>): Record<State, StateTotals> {
  return Object.fromEntries(STATES.map((state) => [state, found[state] ?? totals(0)])) as Record<State, StateTotals>;
}

function pairReport(changes: Partial<PairReport> = {}): PairReport {
  return {
    pair: 'documents',
    sourceBucket: 'the-source',
    replicaBucket: 'the-replica',
    prefix: '',
    source: { versions: 1_234_567, bytes: 5 * 1024 ** 3, deleteMarkers: 12 },
    replica: { versions: 1_234_560, bytes: 4 * 1024 ** 3, deleteMarkers: 11 },
    states: statesOf({ same: totals(1_234_000), failed: totals(7, 7) }),
    wrong: 7,
    ages: [...AGE_BOUNDS, null].map((upToSeconds) => ({
      upToSeconds,
      ...(upToSeconds === 900 ? { versions: 7, bytes: 1000 } : NOTHING),
    })),
    prefixes: [
      { prefix: 'alike/', states: { same: totals(1_234_000) } },
      { prefix: 'invoices/', states: { same: totals(5), failed: totals(7, 7) } },
      { prefix: null, states: { same: totals(3) } },
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
    remedy: 'retry',
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
    inventory: null,
    requests: { list: 2470, head: 7, get: 0 },
    pairs: [pairReport()],
    differences: [difference()],
    moreDifferences: 0,
    ...changes,
  };
}

/** A report that holds every difference that it counts. */
function reportOf(differences: readonly Difference[], changes: Partial<AuditReport> = {}): Partial<AuditReport> {
  const ids = [...new Set(differences.map(({ pair }) => pair))];
  const pairs = ids.map((pair) => {
    const own = differences.filter((each) => each.pair === pair);
    const count = (state: State) => own.filter((each) => each.state === state).length;
    const wrong = (state: State) => own.filter((each) => each.state === state && each.wrong).length;
    return pairReport({
      pair,
      states: statesOf(Object.fromEntries(STATES.map((state) => [state, totals(count(state), wrong(state))]))),
      wrong: own.filter((each) => each.wrong).length,
    });
  });
  return { pairs, differences, ...changes };
}

const boxesOf = (page: string) => [...page.matchAll(/<article[^]*?<\/article>/g)].map(([box]) => box);
const rowsOf = (page: string) => [...page.matchAll(/<tr role="row" data-state[^]*?<\/tr>/g)].map(([row]) => row);

const HOSTILE = [
  '<script>alert(1)</script>',
  '</code></table><img src=x onerror=alert(1)>',
  `"><svg onload='alert(1)'>`,
  '&lt;b&gt; & &#60;',
  '<!-- --> <![CDATA[ ]]>',
  '{{constructor}} ${process.env} javascript:alert(1)',
];

describe('what stands first', () => {
  test('is the verdict in words, then what was compared, when and with what', () => {
    const page = pageOf();
    expect(textOf(between(page, '<p class="verdict failed">', '</p>'))).toBe('✗ Failed: 7 versions are wrong.');
    const facts = textOf(between(page, '<dl>', '</dl>'));
    expect(facts).toContain('Source1,234,567 versions, 12 delete markers, 5 GiB');
    expect(facts).toContain('2026-02-03 10:00:00 UTC to 2026-02-03 10:05:00 UTC, 5 minutes');
    expect(facts).toContain('without --deep');
    expect(page.indexOf('class="verdict')).toBeLessThan(page.indexOf('<h2>'));
  });

  test('has its parts in the order in which an operator needs them', () => {
    expect([...pageOf().matchAll(/<h[12][^>]*>(.*?)<\/h[12]>/g)].map(([, heading]) => heading)).toEqual([
      'Replication audit of backups',
      'What is not known',
      'What is wrong, and what to do',
      'Pairs',
      'Ages',
      'Prefixes',
      'Differences',
    ]);
  });

  test('says that nothing is wrong', () => {
    const pair = pairReport({ states: statesOf({ same: totals(3) }), wrong: 0, ages: [], prefixes: [] });
    const page = pageOf({ status: 'ok', differences: [], pairs: [pair] });
    expect(textOf(between(page, '<p class="verdict ok">', '</p>'))).toBe('✓ OK: nothing is wrong.');
    expect(page).toContain('<p>No version waits for its replica.</p>');
    expect(page).not.toContain('<form');
  });

  test('does not call fine what could not be found out, and says why', () => {
    const unknown = difference({
      state: 'unknown',
      wrong: false,
      remedy: 'ask-again',
      why: 'AccessDenied',
      replicationStatus: null,
    });
    const page = pageOf(reportOf([unknown, unknown], { status: 'unknown' }));
    expect(textOf(between(page, '<p class="verdict unknown">', '</p>'))).toBe('? Unknown: 2 versions are unknown.');
    expect(textOf(between(page, '<h2>What is not known</h2>', '</ul>'))).toContain('2 versions of documents: AccessDenied');
    expect(boxesOf(page)[0]).toContain('<article class="cause is-unknown">');
  });

  test.each([
    ['nothing was asked', null, 'Not asked: whether versions', 'audit --pair documents --deep 100'],
    [
      'some was asked',
      { versions: 5, unknown: 2, skipped: 3, dualLayer: 0, percent: 1 },
      'Asked of 1 % of the versions',
      '--deep 100',
    ],
  ])('says what --deep would tell where %s', (_, deep, text, command) => {
    const section = between(pageOf({ deep }), '<h2>What is not known</h2>', '<h2>');
    expect(textOf(section)).toContain(text);
    expect(commandsIn(section)[0]).toContain(command);
    expect(section.includes('asked about 2 more versions in vain')).toBe(deep !== null);
  });

  test('names the pairs that were not audited', () => {
    expect(textOf(pageOf())).toContain('Not audited: 1 pair, images.');
  });
});

describe('causes', () => {
  test('have identical reasons once, over all pairs, with versions, bytes, pairs and the first keys', () => {
    const differences = ['a', 'b', 'c', 'd', 'e'].map((key, index) =>
      difference({ key, pair: index < 3 ? 'documents' : 'images' }),
    );
    const [box = '', ...others] = boxesOf(pageOf(reportOf(differences)));
    expect(others).toEqual([]);
    expect(textOf(box)).toContain('failed: S3 says FAILED');
    expect(textOf(box)).toContain('5 versions, 10 KiB, of pairs documents, images');
    expect(textOf(box)).toContain('Keys: a, b, c, and 2 more keys');
  });

  test('leave out what is different in each reason, and keep reasons apart', () => {
    const differences = [
      difference({ state: 'size', why: '1 bytes in the source bucket, 3 in the replica bucket' }),
      difference({ state: 'size', why: '2 bytes in the source bucket, 3 in the replica bucket' }),
      difference({ state: 'checksum', why: 'ChecksumCRC32 AAAAAA== in the source bucket, BBBBBB== in the replica bucket' }),
      difference({ state: 'checksum', why: 'ChecksumSHA256 AAAAAA== in the source bucket, BBBBBB== in the replica bucket' }),
    ];
    const headings = boxesOf(pageOf(reportOf(differences))).map((box) => textOf(between(box, '<h3>', '</h3>')));
    expect(headings).toEqual([
      '✗ size: … bytes in the source bucket, 3 in the replica bucket',
      '✗ checksum: ChecksumCRC32 AAAAAA== in the source bucket, BBBBBB== in the replica bucket',
      '✗ checksum: ChecksumSHA256 AAAAAA== in the source bucket, BBBBBB== in the replica bucket',
    ]);
  });

  test('come with what is wrong first, then what is unknown, then the most versions', () => {
    const page = pageOf(
      reportOf([
        ...Array.from({ length: 3 }, () => difference({ state: 'in-flight', wrong: false, remedy: 'wait' })),
        difference({ state: 'unknown', wrong: false, remedy: 'ask-again' }),
        difference({ state: 'missing', remedy: 'copy-again' }),
        difference(),
        difference(),
      ]),
    );
    expect(boxesOf(page).map((box) => /[a-z-]+(?=:)/.exec(textOf(box))?.[0])).toEqual([
      'failed',
      'missing',
      'unknown',
      'in-flight',
    ]);
    expect(page.indexOf('not wrong</h2>')).toBeGreaterThan(page.indexOf('unknown: '));
  });

  test('are at least so many where the report holds no more', () => {
    const more = { pairs: [pairReport({ states: statesOf({ failed: totals(5000, 5000) }) })], moreDifferences: 4999 };
    expect(textOf(boxesOf(pageOf(more))[0])).toContain('at least 1 version, 2 KiB');
    expect(textOf(pageOf(more))).toContain('holds 1 of 5,000 differences');
    expect(textOf(pageOf(reportOf([difference()])))).not.toContain('at least');
  });

  test('are bounded, however many reasons there are', () => {
    const differences = Array.from({ length: 80 }, (_, index) => difference({ why: 'x'.repeat(index + 1) }));
    const page = pageOf(reportOf(differences));
    expect(boxesOf(page)).toHaveLength(50);
    expect(page).toContain('30 more reasons');
  });

  test('lead to their rows in the table', () => {
    const page = pageOf(reportOf([difference(), difference({ state: 'missing', key: 'gone', remedy: 'copy-again' })]));
    const number = /href="#cause=(\d+)"/.exec(boxesOf(page)[1] ?? '')?.[1];
    expect(rowsOf(page).filter((row) => row.includes(`data-cause="${number}"`))).toEqual([expect.stringContaining('gone')]);
  });
});

describe('next commands', () => {
  const commandsOf = (changes: Partial<Difference>, config = CONFIG, deep: AuditReport['deep'] = null) =>
    commandsIn(boxesOf(pageOf(reportOf([difference(changes)], { deep }), config))[0]);

  test.each<[string, Partial<Difference>, string[]]>([
    ['failed', {}, ['failures --pair documents', 'doctor --pair documents', 'retry --pair documents']],
    ['pending', { state: 'pending', remedy: 'diagnose' }, ['doctor --pair documents']],
    ['never tried', { state: 'not-eligible', remedy: 'backfill' }, ['backfill --pair documents']],
    ['missing', { state: 'missing', remedy: 'copy-again' }, ['explain DstObjectHardDeleted --pair documents']],
    ['archived', { state: 'not-eligible', remedy: 'copy-out-of-archive' }, ['explain s3://the-source/invoices/one.pdf']],
    ['hidden', { state: 'hidden', remedy: 'find-writer' }, ['explain s3://the-replica/invoices/one.pdf']],
    ['extra', { state: 'extra', wrong: false, remedy: 'look-closer' }, ['audit --pair documents --deep 100']],
    ['unknown', { state: 'unknown', wrong: false, remedy: 'ask-again' }, ['audit --pair documents']],
    ['as configured', { state: 'delete-marker', wrong: false, remedy: 'none' }, []],
    ['locked too long', { remedy: 'shorten-retention' }, ['retry --pair documents']],
    ['under another key', { remedy: 'other-key' }, ['retry --pair documents']],
  ])('are those of what is %s', (_, changes, expected) => {
    expect(commandsOf(changes)).toEqual(expected.map((words) => `npx --no -- s3-replication ${words}`));
  });

  test.each<[Difference['remedy'], string]>([
    ['backfill', 'backfill'],
    ['retry', 'retry'],
  ])('of %s enable backfill first, where the configuration has none', (remedy, verb) => {
    const config = validConfig({ pairs: [{ id: 'documents' }, { id: 'images' }] });
    const commands = commandsOf({ remedy }, config);
    expect(commands.slice(-2)).toEqual([
      'npx cdk deploy Source --exclusively',
      `npx --no -- s3-replication ${verb} --pair documents`,
    ]);
    expect(textOf(boxesOf(pageOf(reportOf([difference({ remedy })]), config))[0])).toContain('rite "backfill": true');
  });

  test('deploy the groups that the pairs are in, and no other', () => {
    const config = validConfig({ pairs: [{ id: 'documents', group: 'a' }, { id: 'images', group: 'b' }, { id: 'other' }] });
    const differences = ['documents', 'images'].map((pair) => difference({ pair, remedy: 'backfill' }));
    expect(commandsIn(boxesOf(pageOf(reportOf(differences), config))[0])).toEqual([
      'npx cdk deploy Source-a --exclusively',
      'npx cdk deploy Source-b --exclusively',
      'npx --no -- s3-replication backfill --pair documents --pair images',
    ]);
  });

  test('ask for no closer look after one at every version', () => {
    const deep = { versions: 9, unknown: 0, skipped: 0, dualLayer: 0, percent: 100 };
    expect(commandsOf({ state: 'size', remedy: 'look-closer' }, CONFIG, deep)).toEqual([
      'npx --no -- s3-replication explain s3://the-source/invoices/one.pdf',
    ]);
  });

  test('name the configuration that the audit was about', () => {
    const config = { ...CONFIG, commandOptions: ['--config', 'other file.json'] };
    expect(commandsOf({ state: 'pending', remedy: 'diagnose' }, config)).toEqual([
      "npx --no -- s3-replication doctor --pair documents --config 'other file.json'",
    ]);
  });

  test('are about all pairs where all are concerned', () => {
    const differences = ['documents', 'images'].map((pair) => difference({ pair, remedy: 'backfill' }));
    expect(commandsIn(boxesOf(pageOf(reportOf(differences)))[0])).toEqual(['npx --no -- s3-replication backfill']);
  });

  test('spell a hostile key as a shell reads it', () => {
    const [command] = commandsOf({ state: 'hidden', remedy: 'find-writer', key: "a\u202e'$(x)<b>" });
    expect(command).toBe(`npx --no -- s3-replication explain $'s3://the-replica/a\\u202e\\'$(x)<b>'`);
  });
});

describe('bars', () => {
  const widthsOf = (page: string, tone: string) =>
    [...page.matchAll(new RegExp(`<rect class="${tone}" x="[\\d.]+%" width="([\\d.]+)%"`, 'g'))].map(([, width]) =>
      Number(width),
    );

  test('show versions and no bytes: 15 of 20 that are gone are three quarters', () => {
    const states = statesOf({ same: totals(5, 0, 5_000_000), missing: totals(15, 15, 15) });
    const bar = between(pageOf({ pairs: [pairReport({ states, prefixes: [] })] }), 'Pair documents: ', '</p>');
    expect([widthsOf(bar, 'same'), widthsOf(bar, 'wrong')]).toEqual([[25], [75]]);
    expect(bar).toContain('20 in all: 5 alike, 15 wrong');
  });

  test('are not green where a delete marker hides every copy', () => {
    const states = statesOf({ same: totals(15, 0, 5000), hidden: totals(15, 15, 0) });
    const page = pageOf({ pairs: [pairReport({ states, prefixes: [{ prefix: 'a/', states }] })] });
    const [pairBar, prefixBar] = [between(page, 'Pair documents: ', '</p>'), between(page, '<code>a/</code>', '</tr>')];
    for (const bar of [pairBar, prefixBar]) {
      expect([widthsOf(bar, 'same'), widthsOf(bar, 'wrong')]).toEqual([[], [100]]);
    }
    expect(pairBar).toContain('15 in all: 15 wrong');
  });

  test('make a single failure among millions visible, and stay as wide as they are', () => {
    const bar = between(pageOf(), 'Pair documents: ', '</p>');
    expect([widthsOf(bar, 'same'), widthsOf(bar, 'wrong')]).toEqual([[98.5], [1.5]]);
  });

  test('count each version once', () => {
    for (const state of STATES) {
      const wrong = state === 'not-eligible' ? 2 : 0;
      const segments = segmentsOf(statesOf({ [state]: totals(5, wrong) }));
      expect([state, segments.reduce((sum, { value }) => sum + value, 0)]).toEqual([state, 5]);
      expect(segments.find(({ tone }) => tone === 'wrong')?.value).toBe(wrong);
    }
  });
});

describe('pairs, ages and prefixes', () => {
  test('show both sides, what a state is on each, and counts before bytes', () => {
    const section = between(pageOf(), '<h2>Pairs</h2>', '<h2>');
    expect(section).toContain('the-source');
    expect(section).toContain('the-replica');
    const headings = [...section.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map(([, heading]) => heading);
    expect(headings.slice(-7)).toEqual(['State', 'Source', 'Replica', 'Versions', 'Wrong', 'Bytes', 'Meaning']);
    expect(textOf(section)).toContain('failedtherenone77');
  });

  test('add up several pairs', () => {
    const page = pageOf({ pairs: [pairReport(), pairReport({ pair: 'images' })] });
    expect(between(page, '<h3>All 2 pairs</h3>', '</table>')).toContain('2,469,134');
  });

  test('have the most wrong prefixes first', () => {
    const rows = [...pageOf().matchAll(/<tr role="row" data-pair[^]*?<\/tr>/g)].map(([row]) => textOf(row));
    expect(rows.map((row) => row.slice(0, 5))).toEqual(['invoi', 'alike', 'all o']);
    expect(rows[0]).toContain('failed 7');
  });

  test('name the ages of what waits', () => {
    expect(pageOf()).toContain('60 seconds to 15 minutes ago');
    expect(pageOf()).not.toContain('more than 365 days ago');
  });
});

describe('hostile text', () => {
  test.each(HOSTILE)('%s stays text', (text) => {
    const plain = elementsOf(pageOf({ differences: [difference({ versionId: text, why: text })] }));
    const hostile = {
      pairs: [pairReport({ pair: text, sourceBucket: text, prefix: text, prefixes: [{ prefix: text, states: {} }] })],
      differences: [
        difference({
          pair: text,
          key: text,
          versionId: text,
          why: text,
          replicationStatus: text,
          sourceClass: text,
          lastModified: text,
        }),
      ],
    };
    const page = pageOf(hostile);
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
    expect(pageOf({ differences: [difference({ key })] })).toContain(`<code>${shown}</code>`);
  });
});

describe('the differences', () => {
  test('are all there without a script, the wrong ones first and then by key', () => {
    const differences = [
      difference({ key: 'b', wrong: false, state: 'in-flight', remedy: 'wait' }),
      difference({ key: 'z' }),
      difference({ key: 'a', wrong: false, state: 'in-flight', remedy: 'wait' }),
      difference({ key: 'c' }),
    ];
    const rows = rowsOf(pageOf({ differences }));
    expect(rows.map((row) => between(row, '<code>', '</code>'))).toEqual(['c', 'z', 'a', 'b']);
    expect(rows.join('')).not.toContain('hidden');
  });

  test('say which copy is how large, and whether it is current', () => {
    const one = difference({
      state: 'size',
      replicaSize: 2049,
      replicaClass: 'STANDARD_IA',
      replicationStatus: null,
      isLatest: false,
    });
    const [row = ''] = rowsOf(pageOf({ differences: [one] }));
    expect(textOf(row)).toContain('2,048 B STANDARD2,049 B STANDARD_IA');
    expect(textOf(row)).toContain('noncurrent version version-1');
    expect(row).toContain('<time datetime="2026-02-03T04:05:06.000Z">');
  });

  test('can be filtered by text, state, pair, reason and whether they are wrong', () => {
    const form = between(pageOf(), 'data-table="differences" hidden>', '</form>');
    expect([...form.matchAll(/name="([a-z]+)"/g)].map(([, name]) => name)).toEqual(['text', 'state', 'pair', 'cause', 'wrong']);
    const [row = ''] = rowsOf(pageOf());
    for (const name of ['state', 'pair', 'cause', 'wrong']) {
      expect(row).toContain(` data-${name}="`);
    }
  });

  test('are said to be more where they are', () => {
    expect(pageOf({ moreDifferences: 4999 })).toContain(
      'These are 1 of 5,000, some of each state: --csv FILE writes all of them.',
    );
    expect(pageOf()).not.toContain('--csv');
  });

  test('leave the page small, however long their keys', () => {
    const key = '\u202e'.repeat(341);
    const prefixes = Array.from({ length: MOST_PREFIXES }, () => ({ prefix: key, states: statesOf({ same: totals(1) }) }));
    const differences = Array.from({ length: MOST_DIFFERENCES }, () => difference({ key }));
    const page = pageOf({ differences, pairs: [pairReport({ prefixes })] });
    expect(rowsOf(page)).toHaveLength(MOST_DIFFERENCES);
    expect(page.length).toBeLessThan(8_000_000);
  });
});
