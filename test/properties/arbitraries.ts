import * as fc from 'fast-check';
import { anyCharacter } from '../helpers/any-character';

/*
 * Configurations that must be accepted, and configurations that must not. Both are written from the README's table and from AWS's
 * rules, never from the schema that is tested with them.
 */

/** Shrinking a counterexample can take very long: after this time the smallest so far is reported. No property runs as long by itself. */
fc.configureGlobal({ interruptAfterTimeLimit: 20_000 });

export interface WrittenPair {
  readonly id: string;
  readonly replicaBucket?: { readonly name: string };
  readonly filter?: { readonly prefix?: string; readonly tags?: Readonly<Record<string, string>> };
  readonly storageClass?: string;
  readonly replicateDeleteMarkers?: boolean;
  readonly timeControl?: boolean;
  readonly bucketKeys?: boolean;
  readonly objectLock?: WrittenObjectLock;
  readonly sourceObjectLock?: boolean;
  readonly lifecycle?: object;
  readonly inventory?: boolean;
  readonly group?: string;
  readonly sourceBucket?: {
    readonly name: string;
    readonly keyArns?: readonly string[];
    readonly roleArn?: string;
    readonly replaces?: readonly string[];
  };
}

interface WrittenObjectLock {
  readonly mode: string;
  readonly days: number;
  readonly confirm?: string;
  readonly maximumRetentionDays?: number;
}

interface WrittenSide {
  readonly account?: string;
  readonly region?: string;
  readonly keyArn?: string;
  readonly profile?: string;
}

/** A configuration as a person writes it: a key that is not there has its default. */
export interface WrittenConfig extends Readonly<Record<string, unknown>> {
  readonly deployment?: string;
  readonly source?: WrittenSide;
  readonly destination?: WrittenSide;
  readonly pairs?: readonly WrittenPair[];
  readonly backfill?: boolean;
  readonly recovery?: { readonly batch?: boolean; readonly targetPrefix?: string };
  readonly inventory?: { readonly frequency?: string; readonly reportDays?: number };
  readonly lockdown?: { readonly breakGlassRoleArn: string };
  readonly bucketNamespace?: string;
  readonly removal?: string;
}

const REGIONS = [
  [
    'us-east-1',
    'us-west-2',
    'ca-central-1',
    'mx-central-1',
    'sa-east-1',
    'eu-west-1',
    'eu-central-2',
    'eu-south-1',
    'af-south-1',
    'il-central-1',
    'me-south-1',
    'me-central-1',
    'ap-south-2',
    'ap-southeast-2',
    'ap-northeast-3',
  ],
  ['cn-north-1', 'cn-northwest-1'],
  ['us-gov-west-1', 'us-gov-east-1'],
] as const;

/** Regions where S3 has no account regional namespace. */
const GLOBAL_ONLY = ['me-south-1', 'me-central-1'];

const STORAGE_CLASSES = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'];

const DEFAULTS = {
  deployment: 'backups',
  backfill: false,
  bucketNamespace: 'account-regional',
  removal: 'retain',
  pairs: [{ id: 'documents' }],
  source: { account: '111111111111', region: 'ap-southeast-2' },
  destination: { account: '222222222222', region: 'us-west-2' },
};

const characters = (text: string) => fc.constantFrom(...Array.from(text));

/** Lower-case letters, digits, and single hyphens between them. */
function words(maxLength: number): fc.Arbitrary<string> {
  const part = fc.tuple(fc.constantFrom('', '', '', '-'), characters('abcdefghijklmnopqrstuvwxyz0123456789'));
  return fc.array(part, { minLength: 1, maxLength, size: 'max' }).map((parts) =>
    parts
      .map((one) => one.join(''))
      .join('')
      .replace(/^-/, '')
      .slice(0, maxLength)
      .replace(/-$/, ''),
  );
}

/** Half of the names are as long as they may be. */
function names(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    words(maxLength),
    words(maxLength).map((name) => name.padEnd(maxLength, 'x')),
  );
}

function deploymentNames(maxLength: number, removal: string): fc.Arbitrary<string> {
  const started = (length: number) =>
    names(length)
      .map((name) => name.replace(/^\d/, 'd'))
      .filter((name) => !/^(aws|ssm|sthree-|amzn-s3-demo-)/.test(name));
  return removal === 'retain'
    ? started(maxLength)
    : fc.tuple(started(maxLength - 5), fc.constantFrom('-demo', '-test')).map((parts) => parts.join(''));
}

/** Characters of tags: letters of any script, digits, white space and some signs. */
const tagText = (minLength: number, maxLength: number) =>
  fc.string({ unit: characters('aBz09 _.:/=+-@éß漢Ж\u00a0𝒜'), minLength, maxLength });
const tagKeys = tagText(1, 128).filter((key) => !/^aws:/i.test(key));
const tagMap = (maxLength: number, selector: (key: string) => string) =>
  fc
    .uniqueArray(fc.tuple(tagKeys, tagText(0, 256)), { maxLength, selector: ([key]) => selector(key) })
    .map((tags) => Object.fromEntries(tags));

const prefixes = fc.oneof(
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 256 }),
  // As long as the key of the heartbeat leaves.
  fc.constantFrom('reports/', 'x'.repeat(992), 'é'.repeat(496)),
);

const sentence = (days: number) => `I cannot delete these objects for ${days} day${days === 1 ? '' : 's'}`;

/** Object Lock of the replicas, and perhaps of the source too, with or without a bound. */
const locks = fc
  .record({
    mode: fc.constantFrom('GOVERNANCE', 'COMPLIANCE'),
    days: fc.oneof(fc.constantFrom(1, 36_500), fc.integer({ min: 1, max: 36_500 })),
    sourceObjectLock: fc.option(fc.boolean(), { nil: undefined }),
    longer: fc.option(fc.nat(1000), { nil: undefined }),
  })
  .map(({ mode, days, sourceObjectLock, longer }) => ({
    objectLock: {
      mode,
      days,
      ...(mode === 'COMPLIANCE' && { confirm: sentence(days) }),
      ...(sourceObjectLock && longer !== undefined && { maximumRetentionDays: Math.min(36_500, days + longer) }),
    },
    ...(sourceObjectLock !== undefined && { sourceObjectLock }),
  }));

/** The classes in which S3 Lifecycle goes down, each with the days that S3 bills at least. */
const WATERFALL = [
  ['INTELLIGENT_TIERING', 0],
  ['GLACIER_IR', 90],
  ['GLACIER', 90],
  ['DEEP_ARCHIVE', 180],
] as const;

/** Where the replicas of a class can go. */
function below(storageClass: string): readonly string[] {
  const classes = WATERFALL.map(([name]) => name);
  return classes.slice(storageClass === 'ONEZONE_IA' ? 2 : classes.findIndex((name) => name === storageClass) + 1);
}

const periods = fc.integer({ min: 1, max: 1000 });
const versions = fc.integer({ min: 1, max: 100 });

/** Lifecycles by the class of the replicas and the days that Object Lock keeps them. */
const lifecycles = fc
  .record(
    {
      abortMultipartDays: fc.integer({ min: 1, max: 36_500 }),
      classes: fc.subarray(WATERFALL.map(([name]) => name)),
      pauses: fc.array(periods, { minLength: 4, maxLength: 4 }),
      noncurrentDays: periods,
      noncurrentVersions: versions,
      replicaExpireDays: periods,
      sourceNoncurrentDays: periods,
      sourceNoncurrentVersions: versions,
    },
    { requiredKeys: ['classes', 'pauses'], noNullPrototype: true },
  )
  .map(({ classes, pauses, noncurrentDays, replicaExpireDays, ...rest }) => (storageClass: string, locked: number) => {
    let last = 0;
    let least = 0;
    const transitions = classes
      .filter((name) => below(storageClass).includes(name))
      .map((name, index) => {
        last += least + (pauses[index] ?? 1) - (least === 0 ? 0 : 1);
        least = WATERFALL.find(([other]) => other === name)?.[1] ?? 0;
        return { storageClass: name, days: last };
      });
    const { noncurrentVersions, sourceNoncurrentVersions, ...others } = rest;
    return {
      ...others,
      ...(transitions.length > 0 && { transitions }),
      ...(noncurrentDays !== undefined && {
        noncurrentDays: Math.max(locked, noncurrentDays),
        ...(noncurrentVersions !== undefined && { noncurrentVersions }),
      }),
      ...(replicaExpireDays !== undefined && { replicaExpireDays: Math.max(locked, last + replicaExpireDays) }),
      ...(others.sourceNoncurrentDays !== undefined && sourceNoncurrentVersions !== undefined && { sourceNoncurrentVersions }),
    };
  });

const pairOptions = fc
  .record(
    {
      filter: fc.record({ prefix: prefixes, tags: tagMap(10, (key) => key) }, { requiredKeys: [], noNullPrototype: true }),
      storageClass: fc.constantFrom(...STORAGE_CLASSES),
      replicateDeleteMarkers: fc.boolean(),
      timeControl: fc.boolean(),
      bucketKeys: fc.boolean(),
      locks,
      lifecycles,
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map(({ replicateDeleteMarkers, locks: both, lifecycles: lifecycleOf, ...rest }) => {
    const tagged = Object.keys(rest.filter?.tags ?? {}).length > 0;
    return {
      ...rest,
      ...both,
      ...(lifecycleOf && { lifecycle: lifecycleOf(rest.storageClass ?? 'STANDARD_IA', both?.objectLock.days ?? 1) }),
      ...(replicateDeleteMarkers !== undefined && { replicateDeleteMarkers: replicateDeleteMarkers && !tagged }),
    };
  });

const accounts = fc.string({ unit: characters('0123456789'), minLength: 12, maxLength: 12 });
const profiles = fc.constantFrom('prod', 'backup account', 'a', 'Größe@2.0');

/** Keys that go with any others. */
const independent = fc.record(
  {
    keyExchange: fc.constantFrom('stack-output', 'ssm'),
    keyRotationDays: fc.integer({ min: 90, max: 2560 }),
    keyDeletionDays: fc.integer({ min: 7, max: 30 }),
    terminationProtection: fc.boolean(),
    tags: tagMap(50, (key) => key.toLowerCase()),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Leaves out every key that says what its default says. */
function terse(config: WrittenConfig): WrittenConfig {
  const side = (name: 'source' | 'destination') => {
    const { account, region, ...rest } = config[name] ?? {};
    return {
      ...rest,
      ...(account !== DEFAULTS[name].account && { account }),
      ...(region !== DEFAULTS[name].region && { region }),
    };
  };
  const short = { ...config, source: side('source'), destination: side('destination') };
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return Object.fromEntries(
    Object.entries(short).filter(
      // An empty inventory is one.
      ([key, value]) =>
        (key === 'inventory' || !same(value, {})) && !same(value, (DEFAULTS as Readonly<Record<string, unknown>>)[key]),
    ),
  );
}

interface Place {
  readonly regions: readonly string[];
  readonly bucketNamespace: string;
  readonly removal: string;
}

const place: fc.Arbitrary<Place> = fc
  .constantFrom<(readonly string[])[]>(...REGIONS)
  .chain((partition) => fc.shuffledSubarray([...partition], { minLength: 2, maxLength: 2 }))
  .chain((regions) =>
    fc.record({
      regions: fc.constant(regions),
      bucketNamespace: regions.some((region) => GLOBAL_ONLY.includes(region))
        ? fc.constant('global')
        : fc.constantFrom('account-regional', 'global'),
      removal: fc.constantFrom('retain', 'destroy'),
    }),
  );

/** Names that leave room for account and region in the 63 characters of a bucket. */
function namesThere({ regions, bucketNamespace, removal }: Place) {
  const suffix = bucketNamespace === 'global' ? '' : '-an';
  const room = Math.min(...regions.map((region) => 63 - `--000000000000-${region}${suffix}`.length));
  return fc.integer({ min: removal === 'destroy' ? 6 : 1, max: room - 1 }).chain((share) =>
    fc.record({
      deployment: deploymentNames(share, removal),
      ids: fc.uniqueArray(names(room - share), { minLength: 1, maxLength: 6 }),
    }),
  );
}

/** Whether a bucket in some regions that the app names has a legal name that is not a pair's. */
function hasRoomFor(
  what: string,
  regions: readonly string[],
  { bucketNamespace }: Place,
  { deployment, ids }: { readonly deployment: string; readonly ids: readonly string[] },
): boolean {
  const suffix = bucketNamespace === 'global' ? '' : '-an';
  return !ids.includes(what) && regions.every((region) => `${deployment}-${what}-000000000000-${region}${suffix}`.length <= 63);
}

function lockdownOf({ account, region = '' }: WrittenSide, roleName: string) {
  return { breakGlassRoleArn: `arn:${partitionIn(region)}:iam::${account}:role/${roleName}` };
}

function partitionIn(region: string): string {
  const partition = ['cn', 'us-gov'].find((start) => region.startsWith(`${start}-`));
  return `aws${partition === undefined ? '' : `-${partition}`}`;
}

function keyOf({ account, region = '' }: WrittenSide, id: string): string {
  return `arn:${partitionIn(region)}:kms:${region}:${account}:key/${id}`;
}

/** The lifecycle of a bucket that is owned elsewhere is its owner's. */
function intoBucketOfOthers({ lifecycle = {}, ...pair }: WrittenPair, name: string): WrittenPair {
  const kept = Object.entries(lifecycle).filter(([key]) => /^(abort|source)/.test(key));
  return { ...pair, replicaBucket: { name }, lifecycle: Object.fromEntries(kept) };
}

/** Nothing is exchanged where the configuration has the key. */
function withoutExchange(keys: { readonly keyExchange?: string }): object {
  const { keyExchange: _, ...rest } = keys;
  return rest;
}

/** Configurations that keep every rule. */
export const validConfigs: fc.Arbitrary<WrittenConfig> = fc
  .record({
    named: place.chain((there) => fc.record({ there: fc.constant(there), here: namesThere(there) })),
    accounts: fc.oneof(
      fc.constant([DEFAULTS.source.account, DEFAULTS.destination.account]),
      fc.uniqueArray(accounts, { minLength: 2, maxLength: 2 }),
    ),
    profiles: fc.array(fc.option(profiles, { nil: undefined }), { minLength: 2, maxLength: 2 }),
    options: fc.array(pairOptions, { minLength: 6, maxLength: 6 }),
    owned: fc.array(fc.constantFrom(false, false, true), { minLength: 6, maxLength: 6 }),
    backfill: fc.boolean(),
    recovery: fc.boolean(),
    inventory: fc.option(
      fc.record(
        { frequency: fc.constantFrom('Daily', 'Weekly'), reportDays: fc.integer({ min: 14, max: 36_500 }) },
        { requiredKeys: [], noNullPrototype: true },
      ),
      { nil: undefined },
    ),
    ownsKey: fc.option(fc.constantFrom('1234abcd-12ab-34cd-56ef-1234567890ab', `mrk-${'0'.repeat(32)}`), { nil: undefined }),
    breakGlass: fc.option(fc.constantFrom('BreakGlass', 'emergency/Break.Glass+1', 'b'.repeat(64)), { nil: undefined }),
    rest: independent,
    short: fc.boolean(),
  })
  .map(
    ({
      named: { there, here },
      accounts: ids,
      profiles: logins,
      options,
      owned,
      backfill,
      recovery,
      inventory,
      ownsKey,
      breakGlass,
      rest,
      short,
    }) => {
      const hasReports = hasRoomFor('backfill', there.regions.slice(0, 1), there, here);
      const isListed = inventory !== undefined && hasRoomFor('inventory', there.regions, there, here);
      const side = (index: number): WrittenSide => ({
        account: String(ids[index]),
        region: String(there.regions[index]),
        ...(logins[index] !== undefined && { profile: logins[index] }),
      });
      const config: WrittenConfig = {
        deployment: here.deployment,
        source: side(0),
        destination: { ...side(1), ...(ownsKey !== undefined && { keyArn: keyOf(side(1), ownsKey) }) },
        pairs: here.ids.map((id, index) => {
          // A bucket of somebody else has an inventory only when the pair says so.
          const pair = { id, ...options[index], ...(isListed && { inventory: true }) };
          return owned[index] ? intoBucketOfOthers(pair, `owned-replicas-${index}`) : pair;
        }),
        backfill: backfill && hasReports,
        recovery: { batch: recovery && hasReports },
        ...(isListed && { inventory }),
        // What may be destroyed cannot be locked.
        ...(breakGlass !== undefined && there.removal !== 'destroy' && { lockdown: lockdownOf(side(1), breakGlass) }),
        bucketNamespace: there.bucketNamespace,
        removal: there.removal,
        ...(ownsKey === undefined ? rest : withoutExchange(rest)),
      };
      return short ? terse(config) : config;
    },
  );

/** Configurations whose pairs are in several groups, some of them in none. */
export const validConfigsInGroups: fc.Arbitrary<WrittenConfig> = validConfigs.chain((config) =>
  fc.array(fc.constantFrom(undefined, 'a', 'b-c', 'z1'), { minLength: 6, maxLength: 6 }).map((groups): WrittenConfig => {
    const { backfill: _, recovery: ___, removal: __, ...rest } = config;
    return {
      ...rest,
      // Short enough for the roles of a group, whatever the regions.
      deployment: (config.deployment ?? DEFAULTS.deployment).slice(0, 6).replace(/-$/, ''),
      pairs: writtenPairs(config).map((pair, index) => ({
        ...pair,
        ...(groups[index] !== undefined && { group: groups[index] }),
      })),
    };
  }),
);

/** How a bucket that is owned elsewhere is joined; undefined for a bucket that the app makes. */
const joinings = fc.option(
  fc.record({
    keys: fc.integer({ min: 0, max: 3 }),
    way: fc.oneof(
      fc.constant({}),
      fc.constant({ roleArn: 'role/service-role/theirs' }),
      fc
        .uniqueArray(fc.constantFrom('old', 'Regel für 2025', 'x'.repeat(255)), { minLength: 1 })
        .map((replaces) => ({ replaces })),
    ),
  }),
  { nil: undefined },
);

/** Configurations in which at least one source bucket is owned elsewhere. */
export const validConfigsWithOwnedBuckets: fc.Arbitrary<WrittenConfig> = validConfigs.chain((config) =>
  fc
    .array(joinings, { minLength: 6, maxLength: 6 })
    .filter((all) => all.slice(0, writtenPairs(config).length).some((joining) => joining !== undefined))
    .map((all): WrittenConfig => {
      const { account, region } = { ...DEFAULTS.source, ...config.source };
      const partition = ['cn', 'us-gov'].find((start) => region.startsWith(`${start}-`));
      const arn = `arn:aws${partition === undefined ? '' : `-${partition}`}`;
      return {
        ...config,
        pairs: writtenPairs(config).map((pair, index) => {
          const joining = all[index];
          if (joining === undefined) {
            return pair;
          }
          // The lifecycle of such a bucket is its owner's.
          const {
            sourceNoncurrentDays: _,
            sourceNoncurrentVersions: __,
            ...lifecycle
          } = (pair.lifecycle ?? {}) as Record<string, unknown>;
          const { way, keys } = joining;
          return {
            ...pair,
            lifecycle,
            sourceBucket: {
              name: `acme.bucket-${index}`,
              keyArns: Array.from({ length: keys }, (_key, number) => `${arn}:kms:${region}:${account}:key/key-${number}`),
              ...way,
              ...('roleArn' in way && { roleArn: `${arn}:iam::${account}:${way.roleArn}` }),
            },
          };
        }),
      };
    }),
);

/** The pairs of a configuration, default included. */
export function writtenPairs({ pairs }: WrittenConfig): readonly WrittenPair[] {
  return pairs ?? DEFAULTS.pairs;
}

/** A configuration, and the same with some of its pairs in some order. */
export const validConfigsWithFewerPairs = validConfigs.chain((config) =>
  fc.record({
    config: fc.constant(config),
    fewer: fc.shuffledSubarray([...writtenPairs(config)], { minLength: 1 }).map((pairs): WrittenConfig => ({ ...config, pairs })),
  }),
);

type Path = readonly (string | number)[];

/** Something that no configuration may have, whatever else it has. */
export interface Breakage {
  /** Where the problem is, as a message names it. */
  readonly place: string;
  readonly changes: readonly (readonly [Path, unknown])[];
}

const render = (path: Path) =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text && '.'}${key}`), '');

/** A copy with a value at a path. What is in the way gives way. */
export function put(value: unknown, [key, ...rest]: Path, leaf: unknown): unknown {
  if (key === undefined) {
    return leaf;
  }
  if (typeof key === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    list[key] = put(list[key], rest, leaf);
    return list;
  }
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  return { ...object, [key]: put(object[key], rest, leaf) };
}

const KINDS = {
  nothing: fc.constant(null),
  boolean: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  text: fc.string(),
  list: fc.array(fc.jsonValue(), { maxLength: 3 }),
  object: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3, noNullPrototype: true }),
};
type Kind = keyof typeof KINDS;

/** A value of every other kind. */
const not = (kind: Kind): fc.Arbitrary<unknown> =>
  fc.oneof(...Object.entries(KINDS).flatMap(([name, values]) => (name === kind ? [] : [values as fc.Arbitrary<unknown>])));

/** A bad value at one place. */
const at = (path: Path, values: fc.Arbitrary<unknown>, problem: Path = path): fc.Arbitrary<Breakage> =>
  values.map((value) => ({ place: render(problem), changes: [[path, value]] }));

/** Good values that do not go together. */
const together = (problem: string, changes: readonly (readonly [Path, fc.Arbitrary<unknown>])[]): fc.Arbitrary<Breakage> =>
  fc
    .tuple(...changes.map(([, values]) => values))
    .map((values) => ({ place: problem, changes: changes.map(([path], index) => [path, values[index]] as const) }));

const KIND_OF_KEY: readonly (readonly [Path, Kind])[] = [
  [[], 'object'],
  [['deployment'], 'text'],
  [['source'], 'object'],
  [['destination'], 'object'],
  [['source', 'account'], 'text'],
  [['destination', 'account'], 'text'],
  [['source', 'region'], 'text'],
  [['destination', 'region'], 'text'],
  [['source', 'profile'], 'text'],
  [['destination', 'profile'], 'text'],
  [['destination', 'keyArn'], 'text'],
  [['keyExchange'], 'text'],
  [['pairs'], 'list'],
  [['pairs', 0], 'object'],
  [['pairs', 0, 'id'], 'text'],
  [['pairs', 0, 'replicaBucket'], 'object'],
  [['pairs', 0, 'replicaBucket', 'name'], 'text'],
  [['pairs', 0, 'filter'], 'object'],
  [['pairs', 0, 'filter', 'prefix'], 'text'],
  [['pairs', 0, 'filter', 'tags'], 'object'],
  [['pairs', 0, 'filter', 'tags', 'Class'], 'text'],
  [['pairs', 0, 'storageClass'], 'text'],
  [['pairs', 0, 'group'], 'text'],
  [['pairs', 0, 'replicateDeleteMarkers'], 'boolean'],
  [['pairs', 0, 'timeControl'], 'boolean'],
  [['pairs', 0, 'bucketKeys'], 'boolean'],
  [['pairs', 0, 'objectLock'], 'object'],
  [['pairs', 0, 'objectLock', 'mode'], 'text'],
  [['pairs', 0, 'objectLock', 'days'], 'number'],
  [['pairs', 0, 'objectLock', 'confirm'], 'text'],
  [['pairs', 0, 'objectLock', 'maximumRetentionDays'], 'number'],
  [['pairs', 0, 'sourceObjectLock'], 'boolean'],
  [['pairs', 0, 'inventory'], 'boolean'],
  [['pairs', 0, 'lifecycle'], 'object'],
  [['pairs', 0, 'lifecycle', 'abortMultipartDays'], 'number'],
  [['pairs', 0, 'lifecycle', 'noncurrentDays'], 'number'],
  [['pairs', 0, 'lifecycle', 'noncurrentVersions'], 'number'],
  [['pairs', 0, 'lifecycle', 'replicaExpireDays'], 'number'],
  [['pairs', 0, 'lifecycle', 'transitions'], 'list'],
  [['pairs', 0, 'lifecycle', 'transitions', 0], 'object'],
  [['pairs', 0, 'lifecycle', 'transitions', 0, 'storageClass'], 'text'],
  [['pairs', 0, 'lifecycle', 'transitions', 0, 'days'], 'number'],
  [['pairs', 0, 'lifecycle', 'sourceNoncurrentDays'], 'number'],
  [['pairs', 0, 'lifecycle', 'sourceNoncurrentVersions'], 'number'],
  [['backfill'], 'boolean'],
  [['recovery'], 'object'],
  [['recovery', 'batch'], 'boolean'],
  [['recovery', 'targetPrefix'], 'text'],
  [['inventory'], 'object'],
  [['inventory', 'frequency'], 'text'],
  [['inventory', 'reportDays'], 'number'],
  [['lockdown'], 'object'],
  [['lockdown', 'breakGlassRoleArn'], 'text'],
  [['bucketNamespace'], 'text'],
  [['keyRotationDays'], 'number'],
  [['keyDeletionDays'], 'number'],
  [['removal'], 'text'],
  [['terminationProtection'], 'boolean'],
  [['tags'], 'object'],
  [['tags', 'team'], 'text'],
  [['monitoring'], 'object'],
  [['monitoring', 'email'], 'text'],
  [['monitoring', 'failedOperations'], 'number'],
  [['monitoring', 'latencyMinutes'], 'number'],
  [['monitoring', 'pendingOperations'], 'number'],
  [['monitoring', 'pendingBytes'], 'number'],
  [['monitoring', 'dashboard'], 'boolean'],
];

const OBJECTS: readonly Path[] = [
  [],
  ['source'],
  ['destination'],
  ['pairs', 0],
  ['pairs', 0, 'filter'],
  ['pairs', 0, 'replicaBucket'],
  ['pairs', 0, 'objectLock'],
  ['pairs', 0, 'lifecycle'],
  ['inventory'],
  ['lockdown'],
  ['monitoring'],
];
const KEYS = new Set(KIND_OF_KEY.flatMap(([path]) => path.map(String)));

const otherThan = (...good: readonly string[]) => fc.string().filter((text) => !good.includes(text));
const wholeNumbersBeside = (min: number, max: number) =>
  fc.oneof(
    fc.integer({ max: min - 1 }),
    fc.integer({ min: max + 1 }),
    fc.integer({ min, max: max - 1 }).map((number) => number + 0.5),
  );
const BAD_NAMES = [
  '',
  'Backups',
  'back--ups',
  'backups-',
  '-backups',
  'back_ups',
  'back.ups',
  'back ups',
  'bäckups',
  'backups\n',
];
const BAD_REGIONS = ['', 'us-west', 'us-west-99', 'US-WEST-2', 'aws-global', 'us-iso-east-1', 'moon-1', 'us-west-2 '];
const BAD_TAG_KEYS = ['', 'aws:team', 'AWS:team', 'a;b', 'a\nb', 'k'.repeat(129)];
const BAD_TAG_VALUES = ['a;b', 'a\nb', '<team>', 'v'.repeat(257)];
const BAD_ROLES = [
  '',
  'BreakGlass',
  'arn:aws:iam::222222222222:role/',
  'arn:aws:iam::222222222222:role/Break*',
  'arn:aws:iam::222222222222:user/alice',
  'arn:aws:iam::222222222222:root',
  // No account of a configuration: it has 12 digits.
  'arn:aws:iam::22222222222:role/BreakGlass',
];
const BAD_PREFIXES = ['', 'x'.repeat(1025), 'é'.repeat(513)];
const badAccounts = fc.oneof(
  fc.string().filter((text) => !/^\d{12}$/.test(text)),
  fc.constantFrom('11111111111', '1111111111111', '1111-1111-1111', '111111111111\n', '１１１１１１１１１１１１'),
);
const manyTags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, '']));

/** One of many ways to break a configuration. */
export const breakages: fc.Arbitrary<Breakage> = fc.oneof(
  ...KIND_OF_KEY.map(([path, kind]) => at(path, not(kind))),
  ...OBJECTS.map((path) =>
    fc
      .tuple(
        fc.stringMatching(/^[A-Za-z-]{1,12}$/).filter((key) => !KEYS.has(key)),
        fc.jsonValue(),
      )
      .map(([key, value]): Breakage => ({ place: render([...path, key]), changes: [[[...path, key], value]] })),
  ),
  at(['deployment'], fc.constantFrom(...BAD_NAMES, '1backups', 'aws-backups', 'ssm', 'sthree-backups', 'amzn-s3-demo-backups')),
  at(
    ['deployment'],
    fc.integer({ min: 42, max: 80 }).map((length) => 'd'.repeat(length)),
    ['pairs', 0, 'id'],
  ),
  ...(['source', 'destination'] as const).flatMap((side) => [
    at([side, 'account'], badAccounts),
    at([side, 'region'], fc.constantFrom(...BAD_REGIONS)),
    at([side, 'profile'], fc.constantFrom('', ' ', ' prod', 'prod ', 'prod\n')),
  ]),
  at(['pairs', 0, 'objectLock', 'mode'], otherThan('GOVERNANCE', 'COMPLIANCE')),
  ...(['days', 'maximumRetentionDays'] as const).map((key) => at(['pairs', 0, 'objectLock', key], wholeNumbersBeside(1, 36_500))),
  fc.integer({ min: 1, max: 36_500 }).chain((days) =>
    at(
      ['pairs', 0, 'objectLock'],
      fc
        .oneof(otherThan(sentence(days)), fc.constantFrom(sentence(days + 1), sentence(days).toUpperCase(), undefined))
        .map((confirm) => ({ mode: 'COMPLIANCE', days, ...(confirm !== undefined && { confirm }) })),
      ['pairs', 0, 'objectLock', 'confirm'],
    ),
  ),
  at(
    ['pairs', 0, 'objectLock'],
    fc.constantFrom(sentence(30), '').map((confirm) => ({ mode: 'GOVERNANCE', days: 30, confirm })),
    ['pairs', 0, 'objectLock', 'confirm'],
  ),
  at(['pairs', 0], fc.constant({ id: 'a', sourceObjectLock: true }), ['pairs', 0, 'objectLock']),
  at(
    ['pairs', 0],
    fc.record({ sourceObjectLock: fc.boolean(), days: fc.integer({ min: 2, max: 36_500 }) }).chain(({ sourceObjectLock, days }) =>
      // Without Object Lock of the source any bound is wrong, with it one that is shorter than the default.
      fc.integer({ min: 1, max: sourceObjectLock ? days - 1 : 36_500 }).map((maximumRetentionDays) => ({
        id: 'a',
        sourceObjectLock,
        objectLock: { mode: 'GOVERNANCE', days, maximumRetentionDays },
      })),
    ),
    ['pairs', 0, 'objectLock', 'maximumRetentionDays'],
  ),
  ...(['abortMultipartDays', 'noncurrentDays', 'replicaExpireDays', 'sourceNoncurrentDays'] as const).map((key) =>
    at(['pairs', 0, 'lifecycle', key], wholeNumbersBeside(1, 36_500)),
  ),
  ...(['noncurrentVersions', 'sourceNoncurrentVersions'] as const).map((key) =>
    at(['pairs', 0, 'lifecycle', key], wholeNumbersBeside(1, 100)),
  ),
  at(
    ['pairs', 0],
    fc.integer({ min: 4, max: 93 }).map((early) => ({
      id: 'a',
      lifecycle: {
        transitions: [
          { storageClass: 'GLACIER_IR', days: 4 },
          { storageClass: 'DEEP_ARCHIVE', days: early },
        ],
      },
    })),
    ['pairs', 0, 'lifecycle', 'transitions', 1, 'days'],
  ),
  at(
    ['pairs', 0],
    fc.constantFrom(...STORAGE_CLASSES).map((name) => ({
      id: 'a',
      storageClass: 'DEEP_ARCHIVE',
      lifecycle: { transitions: [{ storageClass: name, days: 200 }] },
    })),
    ['pairs', 0, 'lifecycle', 'transitions', 0, 'storageClass'],
  ),
  at(
    ['pairs', 0],
    fc.integer({ min: 1, max: 29 }).map((noncurrentDays) => ({
      id: 'a',
      objectLock: { mode: 'GOVERNANCE', days: 30 },
      lifecycle: { noncurrentDays },
    })),
    ['pairs', 0, 'lifecycle', 'noncurrentDays'],
  ),
  together('pairs[0].id', [
    [['backfill'], fc.constant(true)],
    [['pairs', 0, 'id'], fc.constant('backfill')],
  ]),
  together('backfill', [
    [['backfill'], fc.constant(true)],
    [['deployment'], fc.integer({ min: 36, max: 40 }).map((length) => 'd'.repeat(length))],
  ]),
  together('pairs[0].id', [
    [['inventory'], fc.constant({})],
    [['pairs', 0, 'id'], fc.constant('inventory')],
  ]),
  together('inventory', [
    [['inventory'], fc.constant({})],
    [['deployment'], fc.integer({ min: 36, max: 40 }).map((length) => 'd'.repeat(length))],
  ]),
  together('inventory', [
    [['inventory'], fc.constant({})],
    [['pairs'], fc.constant([{ id: 'a', inventory: false }])],
  ]),
  at(['inventory', 'frequency'], otherThan('Daily', 'Weekly')),
  at(['inventory', 'reportDays'], wholeNumbersBeside(14, 36_500)),
  at(['lockdown', 'breakGlassRoleArn'], fc.constantFrom(...BAD_ROLES)),
  together('lockdown', [
    [['removal'], fc.constant('destroy')],
    [['lockdown'], fc.constant({ breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' })],
  ]),
  at(['keyExchange'], otherThan('stack-output', 'ssm')),
  at(['bucketNamespace'], otherThan('account-regional', 'global')),
  at(['removal'], otherThan('retain', 'destroy')),
  at(['keyRotationDays'], wholeNumbersBeside(90, 2560)),
  at(['keyDeletionDays'], wholeNumbersBeside(7, 30)),
  at(['pairs'], fc.constant([])),
  at(['pairs', 0, 'id'], fc.constantFrom(...BAD_NAMES)),
  at(['pairs', 0, 'group'], fc.constantFrom(...BAD_NAMES, '1st', 'health', 'notifications', 'g'.repeat(40))),
  at(
    ['pairs', 0, 'id'],
    fc.integer({ min: 42, max: 80 }).map((length) => 'p'.repeat(length)),
  ),
  at(['pairs', 0, 'storageClass'], otherThan(...STORAGE_CLASSES)),
  at(['pairs', 0, 'filter', 'prefix'], fc.constantFrom(...BAD_PREFIXES)),
  at(['pairs', 0, 'filter', 'tags'], fc.constant(manyTags(11))),
  at(['tags'], fc.constant(manyTags(51))),
  ...[['tags'], ['pairs', 0, 'filter', 'tags']].flatMap((path) => [
    ...BAD_TAG_KEYS.map((key) => at([...path, key], tagText(0, 256))),
    at([...path, 'team'], fc.constantFrom(...BAD_TAG_VALUES)),
  ]),
  together('tags.TEAM', [[['tags'], fc.constant({ team: 'a', TEAM: 'b' })]]),
  fc.uniqueArray(words(8), { minLength: 1, maxLength: 5 }).map(
    (ids): Breakage => ({
      place: `pairs[${ids.length}].id`,
      changes: [[['pairs'], [...ids, ids[0]].map((id) => ({ id }))]],
    }),
  ),
  accounts.map(
    (id): Breakage => ({
      place: 'destination.account',
      changes: [
        [['source', 'account'], id],
        [['destination', 'account'], id],
      ],
    }),
  ),
  fc.constantFrom(...REGIONS.flat()).map(
    (region): Breakage => ({
      place: 'destination.region',
      changes: [
        [['source', 'region'], region],
        [['destination', 'region'], region],
      ],
    }),
  ),
  ...REGIONS.flatMap((from) =>
    REGIONS.filter((to) => to !== from).map((to) =>
      together('destination.region', [
        [['source', 'region'], fc.constantFrom<string[]>(...from)],
        [['destination', 'region'], fc.constantFrom<string[]>(...to)],
      ]),
    ),
  ),
  ...(['source', 'destination'] as const).map((side) =>
    together('bucketNamespace', [
      [['source', 'region'], fc.constant('eu-west-1')],
      [['destination', 'region'], fc.constant('eu-central-1')],
      [[side, 'region'], fc.constantFrom(...GLOBAL_ONLY)],
      [['bucketNamespace'], fc.constant('account-regional')],
    ]),
  ),
  together('pairs[0].replicateDeleteMarkers', [
    [['pairs', 0, 'replicateDeleteMarkers'], fc.constant(true)],
    [['pairs', 0, 'filter', 'tags'], fc.constant({ Class: 'public' })],
  ]),
  together('removal', [
    [['deployment'], fc.constantFrom('backups', 'demo', 'test', 'test-backups', 'a-tests')],
    [['removal'], fc.constant('destroy')],
  ]),
  together('pairs', [
    [['deployment'], fc.constant('d')],
    [['removal'], fc.constant('retain')],
    [
      ['pairs'],
      fc.integer({ min: 80, max: 120 }).map((count) => Array.from({ length: count }, (_, index) => ({ id: `p${index}` }))),
    ],
  ]),
);

/** A configuration with a breakage. */
export function broken(config: unknown, { changes }: Breakage): unknown {
  return changes.reduce<unknown>((value, [path, leaf]) => put(value, path, leaf), config);
}

/** Where there is something in a value: the way to it, and to everything in it. */
export function pathsIn(value: unknown): Path[] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const step = (key: string) => (Array.isArray(value) ? Number(key) : key);
  return [[], ...inside.flatMap(([key, child]) => pathsIn(child).map((path) => [step(key), ...path]))];
}
