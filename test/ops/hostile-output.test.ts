import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { CsvFile } from '../../lib/cli/csv';
import { planInWords } from '../../lib/deploy/plan/plan';
import { toJson } from '../../lib/errors/visible';
import { formatReport } from '../../lib/ops/audit/format';
import { htmlReport } from '../../lib/ops/audit/html/page';
import { type AuditReport, CSV_COLUMNS, type Difference } from '../../lib/ops/audit/report';
import { Tally } from '../../lib/ops/audit/tally';
import { type BackfillData, formatBackfill } from '../../lib/ops/backfill/result';
import { noMarkers } from '../../lib/ops/copy/markers';
import type { CostData } from '../../lib/ops/cost/estimate';
import { formatCost } from '../../lib/ops/cost/format';
import type { CheckResult } from '../../lib/ops/doctor/check';
import { checkData } from '../../lib/ops/doctor/check-data';
import { formatDoctor } from '../../lib/ops/doctor/doctor';
import { formatDrill } from '../../lib/ops/drill/format';
import { htmlDrill } from '../../lib/ops/drill/html';
import type { DrillReport } from '../../lib/ops/drill/report';
import { writeReport } from '../../lib/ops/drill/report-files';
import { formatObject, type ObjectData } from '../../lib/ops/explain/explain-object';
import type { FailedObject } from '../../lib/ops/failures/events';
import type { FailuresData } from '../../lib/ops/failures/findings';
import { describeRemoval, formatFailures, formatUndone } from '../../lib/ops/failures/format';
import { formatPlan, formatResult } from '../../lib/ops/restore/format';
import { Ledger } from '../../lib/ops/restore/ledger';
import type { RestoreResult } from '../../lib/ops/restore/result';
import { formatStatus, type StatusData } from '../../lib/ops/status/format';
import { htmlStatus } from '../../lib/ops/status/html';
import { formatLeftover, formatVerify, type VerifyData } from '../../lib/ops/verify/result';
import { validConfig } from '../helpers/config';
import { temporaryFolder } from '../helpers/folder';

/** What must reach neither a terminal nor a file as it is. Line feeds are counted instead. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Text as an attacker chooses it: whatever may do something, between what does nothing. */
const hostile = fc
  .array(
    fc.constantFrom(
      '\n',
      '\r',
      '\t',
      '\u0000',
      '\u0007',
      '\u001b[2J',
      '\u001b]0;x\u0007',
      '\u007f',
      '\u0085',
      '\u009b31m',
      '\u200b',
      '\u200e',
      '\u202e',
      '\u2066',
      '\u2028',
      '\u2029',
      '\ufeff',
      '\u{e0001}',
      '\ud800',
      '\udc00',
      'a',
      ' ',
      '=1+1',
      '＝1',
      '<b>',
      '"',
      "'",
      '|',
      '`',
      '\\',
      '${x}',
      ',',
      ';',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

type Text = (what: string) => string;

const config = validConfig();

const amount = { objects: 1, bytes: 1 };
const marker = (x: Text) => ({ key: x('key'), versionId: x('version'), lastModified: x('time') });
const explanation = (x: Text) => ({
  cause: x('cause'),
  fix: x('fix'),
  commands: [{ account: '111111111111', command: x('command') }],
  afterwards: x('afterwards'),
  page: x('page'),
});
const check = (x: Text): CheckResult => ({
  id: 'source-key',
  title: 'a check',
  area: 'keys',
  pair: x('pair'),
  finding: {
    status: 'failed',
    found: x('found'),
    expected: x('expected'),
    fix: { resource: 'policy', commands: [x('command')], notes: [x('note')] },
  },
});
const unanswered = (x: Text): CheckResult => ({ ...check(x), finding: { status: 'unknown', why: x('why') } });

const difference = (x: Text): Difference => ({
  ...marker(x),
  pair: x('pair'),
  state: 'missing',
  wrong: true,
  isLatest: true,
  isDeleteMarker: false,
  sourceSize: 1,
  replicaSize: null,
  sourceClass: x('class'),
  replicaClass: x('class'),
  replicationStatus: x('status'),
  why: x('why'),
  remedy: 'explain',
});

function auditReport(x: Text): AuditReport {
  const tally = new Tally('');
  tally.judge(
    { ...marker(x), isLatest: true, isDeleteMarker: false, size: 1, storageClass: x('class') },
    'missing',
    true,
    new Date(0),
  );
  const { deep: _, deepUnknown: __, deepSkipped: ___, deepDualLayer: ____, ...totals } = tally.toJson();
  return {
    status: 'failed',
    deployment: x('deployment'),
    startedAt: '2026-11-01T12:00:00.000Z',
    endedAt: '2026-11-01T12:01:00.000Z',
    matchedBy: 'version-id',
    olderThanSeconds: 0,
    deep: null,
    inventory: null,
    requests: { list: 1, head: 1, get: 1 },
    pairs: [
      {
        pair: x('pair'),
        sourceBucket: x('bucket'),
        replicaBucket: x('bucket'),
        ...totals,
        prefix: x('prefix'),
        prefixes: [{ prefix: x('prefix'), states: { missing: { versions: 1, bytes: 1, wrong: 1 } } }],
      },
    ],
    differences: [difference(x)],
    moreDifferences: 0,
  };
}

function restoreResult(x: Text): RestoreResult {
  const { totals } = new Ledger(
    { id: 'a', replicateDeleteMarkers: false, lifecycle: { abortMultipartDays: 7, transitions: [] } },
    { left: [] },
  );
  return {
    status: 'failed',
    deployment: x('deployment'),
    dryRun: false,
    pairs: [
      {
        pair: x('pair'),
        replicaBucket: x('bucket'),
        target: x('target'),
        versioned: false,
        replicated: true,
        prefix: x('prefix'),
        asOf: x('time'),
        overwrite: true,
        withoutTags: true,
        markerOrigin: 'foreign',
        ignoreForeignMarkers: false,
        requestArchived: null,
        inventory: { report: x('report'), takenAt: x('time'), files: 1, bytes: 1 },
        plan: {
          chosen: amount,
          copy: amount,
          archived: amount,
          compare: amount,
          there: amount,
          conflict: amount,
          batch: amount,
          replaced: 1,
          largest: 1,
          deleted: 1,
          later: 1,
          stays: 1,
          listRequests: 1,
          markers: { keys: 1, ignored: 0, first: x('time'), last: x('time') },
          requests: { from: 1, look: 1, put: 1 },
        },
        cost: [
          { quantity: 1, unit: 'requests', account: x('account'), price: x('price') },
        ] as RestoreResult['pairs'][number]['cost'],
        time: { seconds: 1, assumption: x('assumption') },
        unknowns: [{ code: 'tags', text: x('unknown') }] as RestoreResult['pairs'][number]['unknowns'],
        totals: { ...totals, markers: { keys: 1, ignored: 0, first: x('time'), last: x('time') } },
        vanished: 1,
        batch: {
          role: x('role'),
          bucket: x('bucket'),
          statements: [],
          result: {
            job: x('job'),
            region: x('region'),
            listed: amount,
            jobStatus: 'Failed',
            objects: { total: 2, succeeded: 0, failed: 1 },
            problems: [{ code: x('code'), reason: x('reason') }],
            failures: [
              { reason: x('reason'), count: 1, objects: [{ key: x('key'), versionId: x('version'), message: x('message') }] },
            ],
            reportProblem: x('problem'),
          },
        },
      },
    ],
    requests: { list: 1, head: 1, get: 1, put: 1, other: 1 },
    seconds: 1,
    notRestored: [{ ...marker(x), pair: x('pair'), end: 'failed', size: 1, storageClass: x('class'), why: x('why') }],
    moreNotRestored: 0,
  };
}

function drillReport(x: Text): DrillReport {
  const where = { bucket: x('bucket'), account: x('account'), region: x('region') };
  return {
    status: 'failed',
    deployment: x('deployment'),
    pair: x('pair').replaceAll('/', '').slice(0, 20),
    source: where,
    replica: where,
    scratch: { bucket: x('bucket'), made: true },
    startedAt: '2026-11-01T12:00:00.000Z',
    endedAt: '2026-11-01T12:01:00.000Z',
    asOf: x('time'),
    prefix: x('prefix'),
    emulator: false,
    sample: { size: 1, seed: x('seed') },
    everything: false,
    objects: amount,
    archived: amount,
    vanished: 0,
    markers: { ...noMarkers(), keys: 1, first: x('time'), last: x('time'), origin: 'foreign', hidden: [marker(x)] },
    ends: { same: amount, different: amount, failed: amount, archived: amount, unknown: amount },
    comparedWith: { source: 1, replica: 1 },
    comparedBy: { checksum: 1, content: 1 },
    seconds: { list: 1, recoveryPoint: 1, restore: 1, compare: 1, cleanUp: 1 },
    recoveryTime: { objectsPerSecond: 1, bytesPerSecond: 1, wholeSeconds: 1, basis: 'extrapolated', formula: x('formula') },
    recoveryPoint: {
      basis: 'comparison',
      seconds: 1,
      newest: x('time'),
      missing: { versions: 1, current: 1 },
      lost: { versions: 1, current: 1, first: [{ ...marker(x), isLatest: true, why: x('why') }] },
      unknown: 1,
      oldest: { ...marker(x), why: x('why') },
    },
    confidence: null,
    requests: { list: 1, head: 1, get: 1, put: 1, other: 1 },
    left: [x('left')],
    notShown: [x('not shown')],
    results: [{ ...marker(x), end: 'failed', size: 1, verifiedBy: null, comparedWith: null, comparedBy: null, why: x('why') }],
    moreResults: 0,
  };
}

const failed = (x: Text): FailedObject => ({
  bucket: x('bucket'),
  key: x('key'),
  versionId: x('version'),
  time: x('time'),
  requestTime: x('time'),
  operation: x('operation'),
});

const failures = (x: Text): FailuresData => ({
  queue: { name: x('queue'), approximate: { visible: 1, held: 0 } },
  read: 1,
  truncated: true,
  groups: [
    {
      event: 'OperationFailedReplication',
      reason: x('reason'),
      bucket: x('bucket'),
      ruleId: x('rule'),
      destination: x('destination'),
      objects: [failed(x)],
      heartbeats: { count: 2, newest: failed(x) },
      pair: x('pair'),
      somebodyElses: false,
      count: 1,
      explanation: explanation(x),
    } as unknown as FailuresData['groups'][number],
  ],
  testEvents: 1,
  unreadable: [{ messageId: x('message'), why: x('why'), body: x('body') }],
  removed: { messages: 1, failed: [{ why: x('why') } as never] },
});

function explained(x: Text): ObjectData {
  const version = {
    ...marker(x),
    isLatest: true,
    isDeleteMarker: false,
    size: 1,
    storageClass: x('class'),
    encryption: { type: 'SSE-KMS', kmsKeyId: x('kms key') } as unknown as ObjectData['versions'][number]['encryption'],
    status: 'failed' as const,
    replicationStatus: x('status'),
    rule: { id: x('rule'), matches: true, why: x('why') },
    verdict: x('verdict'),
    action: x('action'),
    counterpart: { found: 'there', versionId: x('version'), size: 1, replicationStatus: x('status'), why: null } as const,
  };
  return {
    bucket: x('bucket'),
    key: x('key'),
    side: 'source',
    pair: x('pair'),
    versions: [version, { ...version, counterpart: { ...version.counterpart, found: 'unknown', why: x('why') } }],
    deletedMeanwhile: [x('version')],
    otherBucket: { bucket: x('bucket'), versions: 1, why: x('why'), deleteMarkers: [version] },
  };
}

const backfill = (x: Text) =>
  ({
    deployment: x('deployment'),
    jobs: [
      {
        job: x('job'),
        pair: x('pair'),
        status: 'Failed',
        nothingToDo: false,
        sourceBucket: x('bucket'),
        replicaBucket: x('bucket'),
        createdAt: null,
        endedAt: null,
        objects: { total: 2, succeeded: 1, failed: 1 },
        problems: [{ code: x('code'), reason: x('reason') }],
        failures: [
          { reason: x('reason'), count: 1, explanation: explanation(x), objects: [{ key: x('key'), versionId: x('version') }] },
        ],
        reportProblem: x('problem'),
      },
    ],
  }) as unknown as BackfillData;

const leftover = (x: Text) => ({ bucket: x('bucket'), key: x('key'), until: x('time'), why: x('why'), seen: true });

const verified = (x: Text): VerifyData => ({
  pairs: [
    {
      pair: x('pair'),
      status: 'failed',
      ended: 'COMPLETED',
      seconds: 1,
      source: { bucket: x('bucket'), key: x('key'), versionId: x('version') },
      checks: [{ name: 'tags', status: 'failed', found: x('found'), expected: x('expected') }],
      left: [leftover(x)],
      unknown: [x('unknown')],
      skipped: [x('skipped')],
      causes: [checkData(check(x))],
      error: { code: 'NoAnswer', message: x('message'), hint: x('hint') },
    },
  ],
});

const status = (x: Text): StatusData => ({
  deployment: x('deployment'),
  pairs: [
    {
      pair: x('pair'),
      lagSeconds: 1,
      pendingOperations: 1,
      pendingBytes: 1,
      failedOperations: 1,
      alarms: [],
      lastVerification: null,
      unknown: [],
    },
  ],
  health: [{ place: 'source', name: x('alarm'), region: x('region'), state: 'ALARM' }],
  failureMessages: 1,
  failureQueue: 'not-empty',
  keys: [checkData(check(x))],
  unanswered: [x('unanswered')],
  failureQueueDoubt: x('doubt'),
  wrong: [x('wrong')],
  unknown: [x('unknown')],
});

const cost = (x: Text): CostData => ({
  deployment: x('deployment'),
  currency: 'USD',
  prices: { file: x('file'), asOf: x('date') },
  origin: { kind: 'file', text: x('file') },
  backfill: false,
  workloads: {},
  total: { least: 1, most: 1, open: 0 },
  lines: [
    {
      id: 'line',
      item: x('item'),
      pair: null,
      quantity: { least: 1, most: 1 },
      unit: x('unit'),
      formula: x('formula'),
      price: { id: 'kms-key', region: x('region'), tiers: [{ usd: 1 }], source: x('source'), asOf: x('date') },
      usd: { least: 1, most: 1 },
    },
  ],
  missingPrices: [],
  warnings: [x('warning')],
  notCounted: [x('nothing')],
  changes: [{ option: x('option'), value: x('value'), usd: { least: 1, most: 1 }, open: [x('price')] }],
});

const planned = (x: Text) => [
  {
    id: x('id'),
    stackName: x('stack'),
    account: x('account'),
    region: x('region'),
    state: 'deployed' as const,
    resources: [
      {
        logicalId: x('id'),
        type: 'AWS::S3::Bucket',
        path: x('path'),
        name: x('name'),
        change: 'changed' as const,
        keepsOld: false,
        properties: [{ name: x('property'), before: x('before'), after: x('after') }],
      },
    ],
    permissions: [{ text: x('text'), before: x('before') }],
    other: [x('other')],
    stops: [],
    refusals: [],
    warnings: [],
  },
];

/** The format function of every command that shows text from outside, and the data that it shows. */
const COMMANDS: Readonly<Record<string, (x: Text) => readonly [text: string, data: object]>> = {
  audit: (x) => [formatReport(config, auditReport(x)), auditReport(x)],
  backfill: (x) => [formatBackfill(backfill(x)), backfill(x)],
  cost: (x) => [formatCost(cost(x), Number.POSITIVE_INFINITY), cost(x)],
  // A found text may have lines of its own, each below its label.
  doctor: (x) => [formatDoctor([check((what) => x(what).replaceAll('\n', ' ')), unanswered(x)]), [unanswered(x)]],
  drill: (x) => [formatDrill([drillReport(x)], [x('file')]), [drillReport(x)]],
  explain: (x) => [formatObject(config, explained(x)), explained(x)],
  failures: (x) => [formatFailures(config, failures(x)), failures(x)],
  'failures --ack': (x) => [describeRemoval('queue', 1, failures(x)) + formatUndone([{ why: x('why') } as never], 'removed'), {}],
  plan: (x) => [planInWords(planned(x)), planned(x)],
  restore: (x) => [formatResult(restoreResult(x)), restoreResult(x)],
  'restore --dry-run': (x) => [restoreResult(x).pairs.map(formatPlan).join('\n'), {}],
  status: (x) => [formatStatus(status(x), new Date(0), Number.POSITIVE_INFINITY), status(x)],
  verify: (x) => [`${formatVerify(verified(x))}\n${formatLeftover(leftover(x))}`, verified(x)],
};

const lines = (text: string) => text.split('\n').length;
const unsafe = (text: string) => DANGEROUS.exec(text.replaceAll('\n', ''))?.[0] ?? null;

describe.each(Object.entries(COMMANDS))('%s', (_, command) => {
  test('shows no hostile character to a terminal, and no line that it did not write', () => {
    const [benign] = command((what) => what);
    fc.assert(
      fc.property(hostile, (text) => {
        const [shown] = command((what) => `${what}${text}`);
        expect(unsafe(shown)).toBeNull();
        // A line less where a key that is not seen makes no command.
        expect(lines(shown)).toBeLessThanOrEqual(lines(benign));
      }),
      { numRuns: 30 },
    );
  });

  test('has none raw in its JSON, which means the same', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [, data] = command((what) => `${what}${text}`);
        const json = toJson(data);
        expect(unsafe(json)).toBeNull();
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
      { numRuns: 30 },
    );
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder('output-');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  test('CSV has one record a line, every text in quotes, and no formula', () => {
    const file = join(folder, 'all.csv');
    fc.assert(
      fc.property(hostile, (text) => {
        const csv = CsvFile.open(file, CSV_COLUMNS, 0);
        csv.write([difference((what) => `${text}${what}`)]);
        csv.close();
        const written = fs.readFileSync(file, 'utf8');
        expect(unsafe(written.replaceAll('\r\n', '\n'))).toBeNull();
        const [, record = '', ...rest] = written.split('\r\n');
        expect(rest).toEqual(['']);
        const fields = record.match(/"(?:[^"]|"")*"|[^",]+|(?<=,)(?=,|$)/g) ?? [];
        expect(fields.filter((field) => !/^(".*"|true|false|\d*)$/u.test(field))).toEqual([]);
        expect(fields.filter((field) => /^"[\s=+\-@＝＋－＠]*[=+\-@＝＋－＠]/u.test(field))).toEqual([]);
      }),
    );
  });

  test.each(['=1', '+1', '-1', '@x', '\n=1', '\r=1', '\t=1', ' =1', '\u00a0=1', '\u200b=1', '＝1', '＋1', '－1', '＠x', '\tx'])(
    'a spreadsheet takes %j for text',
    (text) => {
      const file = join(folder, 'all.csv');
      const csv = CsvFile.open(file, ['key'], 0);
      csv.write([{ key: text }]);
      csv.close();
      expect(fs.readFileSync(file, 'utf8').split('\r\n')[1]).toMatch(/^"'/);
    },
  );

  const PAGES: Record<string, (x: Text) => string> = {
    audit: (x) => htmlReport(config, auditReport(x)),
    drill: (x) => htmlDrill(config, [drillReport(x)], 'failed'),
    status: (x) => {
      const guidance = { text: x('text'), commands: [] };
      return htmlStatus(status(x), { wrong: [guidance], unknown: [guidance] }, new Date(0));
    },
  };

  test.each(Object.entries(PAGES))('the page of %s has none, in text and in attributes', (_, pageOf) => {
    const page = pageOf((what) => what);
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = pageOf((what) => `${what}${text}`);
        expect([unsafe(shown), lines(shown)]).toEqual([null, lines(page)]);
        expect(shown).not.toContain('<b>');
      }),
      { numRuns: 30 },
    );
  });

  test('the reports of a drill have none', () => {
    const contents = (x: Text) => writeReport(folder, drillReport(x)).map((file) => fs.readFileSync(file, 'utf8'));
    const [, benign = ''] = contents((what) => what);
    fc.assert(
      fc.property(hostile, (text) => {
        const report = { ...drillReport((what) => `${what}${text}`), pair: 'documents' };
        const [json = '', markdown = ''] = writeReport(folder, report).map((file) => fs.readFileSync(file, 'utf8'));
        expect([unsafe(json), unsafe(markdown), lines(markdown)]).toEqual([null, null, lines(benign)]);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(report)));
        expect(markdown.replaceAll(/<\/?code>/g, '')).not.toMatch(/[<>]/);
      }),
      { numRuns: 30 },
    );
  });
});

test('nothing else writes to a terminal: only these files do, which guard what they write', () => {
  const root = join(__dirname, '../..');
  const files = ['lib', 'bin'].flatMap((folder) =>
    fs
      .readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );
  const writers = files.filter((file) =>
    /process\.std(out|err)\.write|console\./.test(fs.readFileSync(join(root, file), 'utf8')),
  );
  expect(writers.toSorted()).toEqual(['lib/app/cdk-app.ts', 'lib/aws/prompt.ts', 'lib/cli/terminal.ts', 'lib/handler/index.ts']);
  const unguarded = writers.flatMap((file) =>
    fs
      .readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /\.write\(/.test(line) && !/visible(Lines)?\(|messageOf\(|write\('\\n'\)/.test(line)),
  );
  expect(unguarded).toEqual([]);
});
