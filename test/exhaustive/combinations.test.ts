import { ConfigError } from '../../lib/errors/errors';
import { DELIVERY, PIPELINE, validConfig } from '../helpers/config';
import { couplesOf, type Factors, isIn, pairwise, type Row } from '../helpers/pairwise';
import { allowedRequests } from '../proof/allowed';
import { decide, describe as inWords } from '../proof/decide';
import { deniedRequests } from '../proof/denied';
import { OWNED_KEY } from '../proof/variants';
import { worldsOf } from '../proof/world';

type Keys = Record<string, unknown>;

const lock = (mode: string, rest: Keys = {}): Keys => ({
  objectLock: { mode, days: 30, ...(mode === 'COMPLIANCE' && { confirm: 'I cannot delete these objects for 30 days' }), ...rest },
});

/** Of every option of a pair, what its levels write. The first level is the default. */
const PAIR_OPTIONS: Readonly<Record<string, Readonly<Record<string, Keys>>>> = {
  filter: { none: {}, prefix: { filter: { prefix: 'in/' } }, tags: { filter: { tags: { album: '2026' } } } },
  replicaBucket: { ours: {}, owned: { replicaBucket: { name: 'acme' } } },
  storageClass: { STANDARD_IA: {}, STANDARD: { storageClass: 'STANDARD' } },
  deleteMarkers: { off: {}, on: { replicateDeleteMarkers: true } },
  timeControl: { off: {}, on: { timeControl: true } },
  bucketKeys: { on: {}, off: { bucketKeys: false } },
  objectLock: { none: {}, GOVERNANCE: lock('GOVERNANCE'), COMPLIANCE: lock('COMPLIANCE') },
  sourceObjectLock: { off: {}, on: { sourceObjectLock: true } },
  // The name of each pair's bucket is put in later: no two pairs may have one.
  sourceBucket: {
    made: {},
    owned: { sourceBucket: { keyArns: ['arn:aws:kms:ap-southeast-2:111111111111:key/theirs'] } },
    'under-their-role': { sourceBucket: { roleArn: 'arn:aws:iam::111111111111:role/theirs' } },
    replacing: { sourceBucket: { replaces: ['old'] } },
  },
  lifecycle: {
    none: {},
    expiry: { lifecycle: { noncurrentDays: 60, replicaExpireDays: 400, sourceNoncurrentDays: 30, sourceNoncurrentVersions: 3 } },
    transitions: {
      lifecycle: {
        abortMultipartDays: 1,
        noncurrentDays: 200,
        noncurrentVersions: 3,
        transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 60 }],
      },
    },
  },
  group: { unnamed: {}, named: { group: 'archive' } },
};

/** The same for options of the whole deployment. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, Keys>>>> = {
  lockdown: { off: {}, on: { lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' } } },
  keyExchange: { 'stack-output': {}, ssm: { keyExchange: 'ssm' } },
  replicaKey: { ours: {}, owned: { destination: { keyArn: OWNED_KEY } } },
  backfill: { off: {}, on: { backfill: true } },
  recovery: { none: {}, batch: { recovery: { batch: true } }, targets: { recovery: { batch: true, targetPrefix: 'rescue-' } } },
  delivery: { none: {}, pipeline: { pipeline: PIPELINE }, github: DELIVERY },
  bucketNamespace: { 'account-regional': {}, global: { bucketNamespace: 'global' } },
  witness: { off: {}, on: { witness: true } },
  heartbeat: { hourly: {}, off: { heartbeat: false }, daily: { heartbeat: { minutes: 1440 } } },
  inventory: { none: {}, daily: { inventory: {} }, weekly: { inventory: { frequency: 'Weekly', reportDays: 90 } } },
  monitoring: { default: {}, mail: { monitoring: { email: 'storage@example.com', dashboard: false } } },
  removal: { retain: {}, destroy: { deployment: 'x-demo', removal: 'destroy' } },
  tags: { none: {}, some: { tags: { team: 'storage' } } },
};

const FACTORS: Factors = Object.fromEntries(
  Object.entries({ ...PAIR_OPTIONS, ...OPTIONS }).map(([name, levels]) => [name, Object.keys(levels)]),
);

/** What the configuration refuses together. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['filter tags', 'deleteMarkers on'],
  ['objectLock none', 'sourceObjectLock on'],
  ['lockdown on', 'removal destroy'],
  ['keyExchange ssm', 'replicaKey owned'],
  ['replicaBucket owned', 'lifecycle expiry'],
  ['replicaBucket owned', 'lifecycle transitions'],
  ['replicaBucket owned', 'witness on'],
  ['sourceBucket owned', 'lifecycle expiry'],
  ['sourceBucket under-their-role', 'lifecycle expiry'],
  ['sourceBucket replacing', 'lifecycle expiry'],
];

const DEFAULTS: Row = Object.fromEntries(Object.entries(FACTORS).map(([name, [first = '']]) => [name, first]));

/** Every option by itself, then rows in which each level of it meets each level of every other. */
const ALONE: readonly Row[] = Object.entries(FACTORS).flatMap(([name, [, ...levels]]) =>
  levels.map((level): Row => ({ ...DEFAULTS, [name]: level })).filter((row) => !isRefused(row)),
);
const TOGETHER = pairwise(FACTORS, (one, other) => !isRefused({ [one.factor]: one.level, [other.factor]: other.level }));

function isRefused(row: Row): boolean {
  const has = (choice: string) => Object.entries(row).some(([factor, level]) => `${factor} ${level}` === choice);
  return REFUSED.some((couple) => couple.every(has));
}

/** Two pairs with the row's options, so that each has a otherPair. */
function configOf(row: Row): Keys {
  const keys = (options: typeof OPTIONS) => Object.entries(options).map(([name, levels]) => levels[row[name] ?? '']);
  const { sourceBucket, replicaBucket, ...pair } = Object.assign({}, ...keys(PAIR_OPTIONS)) as Keys;
  const pairs = ['a', 'a-b'].map((id) => ({
    id,
    ...pair,
    // A bucket of somebody else has an inventory only when the pair says so.
    ...(row['inventory'] !== 'none' && { inventory: true }),
    ...(sourceBucket !== undefined && { sourceBucket: { name: `acme-${id}`, ...ofPair(sourceBucket as Keys, id) } }),
    ...(replicaBucket !== undefined && { replicaBucket: { name: `acme-${id}-backup` } }),
  }));
  return Object.assign({ pairs }, ...keys(OPTIONS)) as Keys;
}

/** Each pair replicates under a role of its own. */
function ofPair({ roleArn, ...keys }: Keys, id: string): Keys {
  return { ...keys, ...(typeof roleArn === 'string' && { roleArn: `${roleArn}-${id}` }) };
}

/** What of a row is not the default. */
function titleOf(row: Row): string {
  const options = Object.entries(row).filter(([name, level]) => DEFAULTS[name] !== level);
  return options.map(([name, level]) => `${name} ${level}`).join(', ');
}

test('every two levels of options are in a configuration, but for those that are refused', () => {
  const missing = couplesOf(FACTORS)
    .filter(([one, other]) => !isRefused({ [one.factor]: one.level, [other.factor]: other.level }))
    .filter((couple) => !TOGETHER.some((row) => isIn(row, couple)));

  expect(missing).toEqual([]);
});

test.each(REFUSED)('%s and %s are refused together', (one, other) => {
  const row = Object.fromEntries([one, other].map((choice) => choice.split(' ')));

  expect(() => validConfig(configOf({ ...DEFAULTS, ...row }))).toThrow(ConfigError);
});

test.each([...ALONE, ...TOGETHER].map((row) => [titleOf(row), row] as const))('%s: synthesized, and proven', async (_, row) => {
  for (const world of worldsOf(configOf(row))) {
    const wrong: string[] = [];
    for (const request of allowedRequests(world)) {
      if (!(await decide(world, request)).allowed) {
        wrong.push(`DENIED ${inWords(request)}`);
      }
    }
    for (const request of deniedRequests(world)) {
      if ((await decide(world, request)).allowed) {
        wrong.push(`ALLOWED ${inWords(request)}`);
      }
    }

    expect(wrong).toEqual([]);
  }
});
