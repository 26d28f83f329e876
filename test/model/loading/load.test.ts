import type { ReplicationConfig } from '../../../lib/config/replication-config';
import { ConfigError } from '../../../lib/errors/errors';
import { deploymentOf } from '../../../lib/model/deployment';
import { loadConfig, parseConfig } from '../../../lib/model/loading/load';
import { replicaKeyStatements } from '../../../lib/model/policies';
import { DELIVERY, PIPELINE, validConfig } from '../../helpers/config';

const parse = (value: unknown): ReplicationConfig => parseConfig({ origin: 'environment.json', value });

/** The error that a configuration gives, or nothing when it is accepted. */
function errorOf(value: unknown): ConfigError | undefined {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  return undefined;
}

const problemsOf = (value: unknown) => errorOf(value)?.problems ?? [];
const placesOf = (value: unknown) => problemsOf(value).map(({ path }) => path);

const pair = (keys: Record<string, unknown>) => ({ pairs: [{ id: 'documents', ...keys }] });
const manyTags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, '']));
const manyPairs = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `pair-${index}` }));

describe('an empty configuration', () => {
  test('gets every default', () => {
    expect(parse({})).toStrictEqual({
      deployment: 'backups',
      source: { account: '111111111111', region: 'ap-southeast-2' },
      destination: { account: '222222222222', region: 'us-west-2' },
      keyExchange: 'stack-output',
      pairs: [
        {
          id: 'documents',
          storageClass: 'STANDARD_IA',
          replicateDeleteMarkers: false,
          timeControl: false,
          bucketKeys: true,
          sourceObjectLock: false,
          lifecycle: { abortMultipartDays: 7, transitions: [] },
        },
      ],
      backfill: false,
      recovery: { batch: false },
      heartbeat: { minutes: 60 },
      witness: false,
      bucketNamespace: 'account-regional',
      keyRotationDays: 365,
      keyDeletionDays: 30,
      removal: 'retain',
      terminationProtection: true,
      tags: {},
      monitoring: {
        topicArns: [],
        failedOperations: 1,
        latencyMinutes: 60,
        pendingOperations: 10_000,
        pendingBytes: 107_374_182_400,
        dashboard: true,
      },
    });
  });

  test('is what is left when a side and its keys are left out', () => {
    expect(parse({ source: {}, destination: { region: 'us-west-2' }, pairs: [{ id: 'documents' }] })).toStrictEqual(parse({}));
  });
});

test('what is written is kept', () => {
  const written = {
    deployment: 'archive-test',
    source: { account: '333333333333', region: 'eu-west-1', profile: 'production' },
    destination: { account: '222222222222', region: 'eu-central-1', profile: 'backup account' },
    keyExchange: 'ssm',
    pairs: [
      {
        id: 'reports',
        filter: { prefix: 'reports/', tags: { Class: 'public' } },
        storageClass: 'GLACIER_IR',
        replicateDeleteMarkers: false,
        timeControl: true,
        bucketKeys: false,
        objectLock: {
          mode: 'COMPLIANCE',
          days: 30,
          confirm: 'I cannot delete these objects for 30 days',
          maximumRetentionDays: 365,
        },
        sourceObjectLock: true,
        lifecycle: {
          abortMultipartDays: 3,
          noncurrentDays: 90,
          noncurrentVersions: 3,
          replicaExpireDays: 400,
          transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 90 }],
          sourceNoncurrentDays: 30,
          sourceNoncurrentVersions: 2,
        },
        group: 'archive-2',
      },
      {
        id: '2024-images',
        filter: { prefix: 'images/' },
        storageClass: 'STANDARD',
        replicateDeleteMarkers: true,
        timeControl: false,
        bucketKeys: true,
        sourceObjectLock: false,
        lifecycle: { abortMultipartDays: 7, transitions: [] },
      },
    ],
    backfill: true,
    recovery: { batch: true, targetPrefix: 'rescue-' },
    heartbeat: { minutes: 30 },
    witness: true,
    bucketNamespace: 'global',
    keyRotationDays: 180,
    keyDeletionDays: 14,
    removal: 'destroy',
    terminationProtection: true,
    tags: { team: 'storage', 'cost centre': '42' },
    monitoring: {
      email: 'storage@example.com',
      topicArns: [
        'arn:aws:sns:eu-west-1:333333333333:on-call',
        'arn:aws:sns:eu-central-1:333333333333:on-call',
        'arn:aws:sns:eu-central-1:222222222222:on-call',
      ],
      runbookUrl: 'https://wiki.example.com/runbook',
      failedOperations: 5,
      latencyMinutes: 15,
      pendingOperations: 1,
      pendingBytes: 1_000_000,
      dashboard: false,
    },
  };

  expect(parse(written)).toStrictEqual(written);
});

/** Paths of the objects that can still be changed. */
function unfrozen(value: unknown, path = 'config'): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const inside = Object.entries(value).flatMap(([key, member]) => unfrozen(member, `${path}.${key}`));
  return Object.isFrozen(value) ? inside : [path, ...inside];
}

describe('the result', () => {
  const written = { pairs: [{ id: 'a', filter: { tags: { Class: 'public' } } }], tags: { team: 'storage' } };

  test('is frozen all the way down', () => {
    expect(unfrozen(parse(written))).toStrictEqual([]);
    expect(unfrozen(parse({}))).toStrictEqual([]);
  });

  test('leaves what was given as it was', () => {
    const before = structuredClone(written);
    parse(written);

    expect(written).toStrictEqual(before);
    expect(Object.isFrozen(written.pairs[0]?.filter)).toBe(false);
  });
});

describe('termination protection', () => {
  const demo = { deployment: 'backups-demo' };

  test.each([
    ['is on where everything is retained', { removal: 'retain' }, true],
    ['is off where everything may be destroyed', { ...demo, removal: 'destroy' }, false],
    ['stays off where it is set so', { removal: 'retain', terminationProtection: false }, false],
    ['stays on where it is set so', { ...demo, removal: 'destroy', terminationProtection: true }, true],
  ])('%s', (_what, value, expected) => {
    expect(parse(value).terminationProtection).toBe(expected);
  });
});

const NAME = 'lower-case letters, digits and single hyphens between them, such as';
const DEPLOYMENT_NAME = `write a name that starts with a letter: ${NAME} "backups"`;
const PAIR_ID = `write an id: ${NAME} "documents"`;
const RESERVED = 'write a name that does not start with aws, ssm, sthree- or amzn-s3-demo-, which AWS reserves';
const ACCOUNT = 'write the 12-digit account id as a string, such as "111111111111"';
const NO_SUCH_REGION = 'no region has this name; write one such as "us-west-2"';
const PROFILE = 'write the name of a profile of your AWS configuration files, or leave the key out';
const PAIRS = 'write a list of at least one pair, such as [{ "id": "documents" }]';
const STORAGE_CLASS = 'write one of STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE';
const TAG_CHARACTERS = 'letters, digits, spaces and _ . : / = + - @';
const TAG_KEY = `write a tag key of 1 to 128 ${TAG_CHARACTERS} that does not start with aws:`;
const TAG_VALUE = `write a tag value of at most 256 ${TAG_CHARACTERS}, as a string`;
const PREFIX = 'write the first characters of object keys, at most 1,024 bytes; leave the key out for every object';
const ROTATION = 'write days between rotations as a whole number from 90 to 2560';
const DELETION = 'write days before a key is deleted as a whole number from 7 to 30';
const ON_OFF = 'write true or false';
const WHOLE = 'write an object such as { "deployment": "backups" }';
const likely = (key: string) => `there is no such key; did you mean ${key}?`;
const UNKNOWN_KEY = 'there is no such key; remove it or correct its name';
const OTHER_REGION =
  'replication within one Region is not supported: S3 allows it, but the copy must survive the loss of the Region; write another Region';
const OTHER_ACCOUNT =
  'replication within one account is not supported: S3 allows it, but an administrator of that account could delete the original and the copy; write another account';
const DELETE_MARKERS = 'S3 refuses delete markers in a rule that filters by tags; write false or remove filter.tags';

const crossing = (from: string, to: string) =>
  `S3 does not replicate from partition ${from} to partition ${to}; write a region of ${from}`;
const unsupported = (partition: string) => `partition ${partition} is not supported; write a region of aws, aws-cn or aws-us-gov`;
const tooLong = (prefix: string, length: number, limit: number) =>
  `"${prefix}" has ${length} characters, and a bucket name in these regions leaves ${limit} for <deployment>-<id>; shorten one of the two`;
const keepAlive = (name: string) =>
  `only a deployment whose name ends in -demo or -test may be destroyed, and this one is "${name}"; write "retain"`;
const twin = (key: string) => `IAM ignores the case of tag keys, and "${key}" is there already; keep one of them`;

interface BadInput {
  readonly what: string;
  readonly value: unknown;
  readonly path: string;
  readonly found: unknown;
  readonly remedy: string;
}

/** Bad inputs for one key at the top. */
const bad = (key: string, remedy: string, cases: readonly (readonly [string, unknown])[]): BadInput[] =>
  cases.map(([what, found]) => ({ what, value: { [key]: found }, path: key, found, remedy }));

/** A bad input for one tag. */
const tag = (what: string, key: string, found: unknown, remedy: string): BadInput => ({
  what,
  value: { tags: { [key]: found } },
  path: `tags.${key}`,
  found,
  remedy,
});

describe('as a whole, refuses', () => {
  test.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'backups'],
    ['a number', 5],
    ['null', null],
    ['nothing', undefined],
  ])('%s', (_what, value) => {
    expect(problemsOf(value)).toStrictEqual([{ path: '', found: value, remedy: WHOLE }]);
  });
});

test.each([
  [{ deploymnet: 'backups' }, 'deploymnet', 'deployment'],
  [{ source: { regoin: 'eu-west-1' } }, 'source.regoin', 'region'],
  [{ pairs: [{ id: 'documents', filtre: {} }] }, 'pairs[0].filtre', 'filter'],
])('an unknown key that is like a known one: %j', (value, path, meant) => {
  expect(problemsOf(value)).toEqual([expect.objectContaining({ path, remedy: `there is no such key; did you mean ${meant}?` })]);
});

describe('of the names, refuses', () => {
  test.each<BadInput>([
    ...bad('deployment', DEPLOYMENT_NAME, [
      ['a deployment that starts with a digit', '1backups'],
      ['a deployment that ends in a hyphen', 'backups-'],
      ['a deployment that starts with a hyphen', '-backups'],
      ['a deployment with a double hyphen', 'back--ups'],
      ['a deployment in capitals', 'Backups'],
      ['a deployment with an underscore', 'back_ups'],
      ['a deployment with a line break', 'backups\n'],
      ['an empty deployment', ''],
      ['a deployment that is no text', 5],
      ['a deployment that is null', null],
    ]),
    ...bad('deployment', RESERVED, [
      ['a deployment that starts with aws', 'aws-backups'],
      ['a deployment that starts with ssm', 'ssm-backups'],
      ['a deployment that starts with sthree-', 'sthree-backups'],
      ['a deployment that starts with amzn-s3-demo-', 'amzn-s3-demo-backups'],
    ]),
    {
      what: 'a deployment too long for the bucket of the default pair',
      value: { deployment: 'a'.repeat(23) },
      path: 'pairs[0].id',
      found: 'documents',
      remedy: tooLong(`${'a'.repeat(23)}-documents`, 33, 32),
    },
    {
      what: 'a pair too long for its bucket',
      value: { pairs: [{ id: 'ok' }, { id: 'p'.repeat(25) }] },
      path: 'pairs[1].id',
      found: 'p'.repeat(25),
      remedy: tooLong(`backups-${'p'.repeat(25)}`, 33, 32),
    },
    {
      what: 'a pair too long for the bucket in the region with the longer name, be it the destination',
      value: {
        source: { region: 'us-west-2' },
        destination: { region: 'ap-southeast-2' },
        ...pair({ id: 'p'.repeat(25) }),
      },
      path: 'pairs[0].id',
      found: 'p'.repeat(25),
      remedy: tooLong(`backups-${'p'.repeat(25)}`, 33, 32),
    },
    {
      what: 'a pair too long for its bucket in the global namespace',
      value: { bucketNamespace: 'global', ...pair({ id: 'p'.repeat(28) }) },
      path: 'pairs[0].id',
      found: 'p'.repeat(28),
      remedy: tooLong(`backups-${'p'.repeat(28)}`, 36, 35),
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('with recovery roles, refuses', () => {
  test.each<BadInput>([
    {
      what: 'a prefix of targets without the roles',
      value: { recovery: { targetPrefix: 'rescue-' } },
      path: 'recovery.targetPrefix',
      found: 'rescue-',
      remedy: 'no role writes there; write "batch": true beside it, or remove targetPrefix',
    },
    {
      what: 'a prefix of targets that buckets of the deployment have',
      value: { recovery: { batch: true, targetPrefix: 'backups-' } },
      path: 'recovery.targetPrefix',
      found: 'backups-',
      remedy:
        'the name of bucket backups-backfill-111111111111-ap-southeast-2-an of this deployment starts with it, and every recovery role could write there; write another prefix',
    },
    {
      what: 'a prefix of targets that an owned source bucket has',
      value: { recovery: { batch: true, targetPrefix: 'acme' }, pairs: [{ id: 'a', sourceBucket: { name: 'acme-invoices' } }] },
      path: 'recovery.targetPrefix',
      found: 'acme',
      remedy: expect.stringContaining('bucket acme-invoices'),
    },
    {
      what: 'a prefix that is too short',
      value: { recovery: { batch: true, targetPrefix: 'r-' } },
      path: 'recovery.targetPrefix',
      found: 'r-',
      remedy: 'write the first 3 to 40 characters of names of buckets, such as "rescue-", or leave the key out',
    },
    {
      what: 'a pair whose bucket would have the name of the report bucket',
      value: { recovery: { batch: true }, pairs: [{ id: 'backfill' }] },
      path: 'pairs[0].id',
      found: 'backfill',
      remedy: 'with recovery.batch the report bucket has this name; write another id',
    },
    {
      what: 'a deployment too long for the report bucket',
      value: { recovery: { batch: true }, deployment: 'a'.repeat(24), pairs: [{ id: 'a' }] },
      path: 'recovery.batch',
      found: true,
      remedy: expect.stringContaining('the report bucket is named after'),
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('with backfill, refuses', () => {
  const tooLongForReports = (deployment: string, region: string, limit: number) =>
    `the report bucket is named after "${deployment}-backfill", which has ${deployment.length + 9} characters, and a bucket name in ${region} leaves ${limit}; write a shorter deployment, or false`;

  test.each<BadInput>([
    {
      what: 'a pair whose bucket would have the name of the report bucket',
      value: { backfill: true, pairs: [{ id: 'documents' }, { id: 'backfill' }] },
      path: 'pairs[1].id',
      found: 'backfill',
      remedy: 'with backfill the report bucket has this name; write another id',
    },
    {
      what: 'a deployment too long for the report bucket, though its pairs fit',
      value: { backfill: true, deployment: 'a'.repeat(24), pairs: [{ id: 'a' }] },
      path: 'backfill',
      found: true,
      remedy: tooLongForReports('a'.repeat(24), 'ap-southeast-2', 32),
    },
    {
      what: 'the same in the global namespace',
      value: { backfill: true, bucketNamespace: 'global', deployment: 'a'.repeat(27), pairs: [{ id: 'a' }] },
      path: 'backfill',
      found: true,
      remedy: tooLongForReports('a'.repeat(27), 'ap-southeast-2', 35),
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('of the two sides, refuses', () => {
  test.each<BadInput>([
    ...[
      ['a 13-digit account', '1234567890123'],
      ['an 11-digit account', '12345678901'],
      ['an account as a number', 333333333333],
      ['an account with hyphens', '3333-3333-3333'],
      ['an empty account', ''],
    ].map(([what, found]) => ({
      what: String(what),
      value: { source: { account: found } },
      path: 'source.account',
      found,
      remedy: ACCOUNT,
    })),
    {
      what: 'the same account twice',
      value: { source: { account: '333333333333' }, destination: { account: '333333333333' } },
      path: 'destination.account',
      found: '333333333333',
      remedy: OTHER_ACCOUNT,
    },
    {
      what: 'a source account that is the default of the destination',
      value: { source: { account: '222222222222' } },
      path: 'destination.account',
      found: '222222222222',
      remedy: OTHER_ACCOUNT,
    },
    {
      what: 'the same region twice',
      value: { source: { region: 'eu-west-1' }, destination: { region: 'eu-west-1' } },
      path: 'destination.region',
      found: 'eu-west-1',
      remedy: OTHER_REGION,
    },
    {
      what: 'a destination region that is the default of the source',
      value: { destination: { region: 'ap-southeast-2' } },
      path: 'destination.region',
      found: 'ap-southeast-2',
      remedy: OTHER_REGION,
    },
    {
      what: 'an unknown region',
      value: { destination: { region: 'us-moon-1' } },
      path: 'destination.region',
      found: 'us-moon-1',
      remedy: NO_SUCH_REGION,
    },
    {
      what: 'an unknown region of an unsupported partition, once',
      value: { destination: { region: 'us-iso-moon-1' } },
      path: 'destination.region',
      found: 'us-iso-moon-1',
      remedy: NO_SUCH_REGION,
    },
    {
      what: 'a region in capitals',
      value: { source: { region: 'US-EAST-1' } },
      path: 'source.region',
      found: 'US-EAST-1',
      remedy: NO_SUCH_REGION,
    },
    {
      what: 'a region that is no text',
      value: { source: { region: 2 } },
      path: 'source.region',
      found: 2,
      remedy: 'write a region such as "us-west-2"',
    },
    {
      what: 'an unsupported partition, by its name',
      value: { source: { region: 'us-iso-east-1' } },
      path: 'source.region',
      found: 'us-iso-east-1',
      remedy: unsupported('aws-iso'),
    },
    {
      what: 'the European Sovereign Cloud, by its name',
      value: { source: { region: 'eusc-de-east-1' } },
      path: 'source.region',
      found: 'eusc-de-east-1',
      remedy: unsupported('aws-eusc'),
    },
    {
      what: 'replication out of China',
      value: { source: { region: 'cn-north-1' } },
      path: 'destination.region',
      found: 'us-west-2',
      remedy: crossing('aws-cn', 'aws'),
    },
    {
      what: 'replication into GovCloud',
      value: { destination: { region: 'us-gov-west-1' } },
      path: 'destination.region',
      found: 'us-gov-west-1',
      remedy: crossing('aws', 'aws-us-gov'),
    },
    ...[
      ['an empty profile', ''],
      ['a profile with white space around it', ' production'],
      ['a profile of two lines', 'production\nbackup'],
      ['a profile that is no text', 5],
    ].map(([what, found]) => ({
      what: String(what),
      value: { source: { profile: found } },
      path: 'source.profile',
      found,
      remedy: PROFILE,
    })),
    ...bad('source', 'write an object such as { "account": "111111111111", "region": "ap-southeast-2" }', [
      ['a source that is a text', '111111111111'],
      ['a source that is null', null],
    ]),
    ...bad('destination', 'write an object such as { "account": "222222222222", "region": "us-west-2" }', [
      ['a destination that is a text', '222222222222'],
    ]),
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('of the pairs, refuses', () => {
  const inPair = (what: string, key: string, found: unknown, remedy: string): BadInput => ({
    what,
    value: pair({ [key]: found }),
    path: `pairs[0].${key}`,
    found,
    remedy,
  });

  test.each<BadInput>([
    ...bad('pairs', PAIRS, [
      ['an empty list', []],
      ['an object instead of a list', { id: 'documents' }],
      ['null instead of a list', null],
    ]),
    {
      what: 'a pair that is a text',
      value: { pairs: ['documents'] },
      path: 'pairs[0]',
      found: 'documents',
      remedy: 'write an object such as { "id": "documents" }',
    },
    { what: 'a pair without an id', value: { pairs: [{}] }, path: 'pairs[0].id', found: undefined, remedy: PAIR_ID },
    inPair('an upper-case id', 'id', 'Documents', PAIR_ID),
    inPair('an id with a double hyphen', 'id', 'my--documents', PAIR_ID),
    inPair('an id that ends in a hyphen', 'id', 'documents-', PAIR_ID),
    inPair('an id that starts with a hyphen', 'id', '-documents', PAIR_ID),
    inPair('an id with a dot', 'id', 'my.documents', PAIR_ID),
    inPair('an empty id', 'id', '', PAIR_ID),
    {
      what: 'an id that stands twice',
      value: { pairs: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] },
      path: 'pairs[2].id',
      found: 'a',
      remedy: 'pairs[0] has this id already; write another one',
    },
    inPair('an id that every object has', 'id', 'constructor', 'the CDK cannot use this id; write another one'),
    {
      what: 'a prefix that the CDK takes for a token',
      value: { pairs: [{ id: 'a', filter: { prefix: '${Token[abc.1]}' } }] },
      path: 'pairs[0].filter.prefix',
      found: '${Token[abc.1]}',
      remedy: 'the CDK takes this for a token of its own; write another prefix',
    },
    {
      what: 'a tag that a map drops',
      value: { pairs: [{ id: 'a', filter: { tags: JSON.parse('{"__proto__": "x"}') } }] },
      path: 'pairs[0].filter.tags.__proto__',
      found: 'x',
      remedy: 'no tag can have this key; remove it',
    },
    inPair('a storage class that S3 does not have', 'storageClass', 'COLD', STORAGE_CLASS),
    inPair('a storage class in lower case', 'storageClass', 'standard_ia', STORAGE_CLASS),
    inPair('time control as a text', 'timeControl', 'true', ON_OFF),
    inPair('bucket keys as a number', 'bucketKeys', 1, ON_OFF),
    inPair('delete markers as null', 'replicateDeleteMarkers', null, ON_OFF),
    {
      what: 'delete markers along with a tag filter',
      value: pair({ replicateDeleteMarkers: true, filter: { prefix: 'a/', tags: { Class: 'public' } } }),
      path: 'pairs[0].replicateDeleteMarkers',
      found: true,
      remedy: DELETE_MARKERS,
    },
    inPair('a key that does not exist', 'storageclass', 'STANDARD', likely('storageClass')),
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('of a filter, refuses', () => {
  const inFilter = (what: string, filter: Record<string, unknown>, key: string, found: unknown, remedy: string): BadInput => ({
    what,
    value: pair({ filter }),
    path: `pairs[0].filter.${key}`,
    found,
    remedy,
  });

  test.each<BadInput>([
    {
      what: 'a text instead of an object',
      value: pair({ filter: 'reports/' }),
      path: 'pairs[0].filter',
      found: 'reports/',
      remedy: 'write an object such as { "prefix": "reports/" }',
    },
    inFilter('an empty prefix', { prefix: '' }, 'prefix', '', PREFIX),
    inFilter('a prefix that is no text', { prefix: 1 }, 'prefix', 1, PREFIX),
    inFilter('a prefix of more than 1,024 bytes', { prefix: 'a'.repeat(1025) }, 'prefix', 'a'.repeat(1025), PREFIX),
    inFilter('fewer characters but more bytes', { prefix: 'é'.repeat(513) }, 'prefix', 'é'.repeat(513), PREFIX),
    inFilter(
      'a prefix that leaves no room for the key of the heartbeat',
      { prefix: 'a'.repeat(993) },
      'prefix',
      'a'.repeat(993),
      'it leaves no room for the key of the heartbeat; write at most 992 bytes, or "heartbeat": false',
    ),
    inFilter('more than ten tags', { tags: manyTags(11) }, 'tags', manyTags(11), 'write at most 10 tags'),
    inFilter('a tag key that AWS reserves', { tags: { 'aws:a': 'b' } }, 'tags.aws:a', 'b', TAG_KEY),
    inFilter('a tag value that is no text', { tags: { Class: 1 } }, 'tags.Class', 1, TAG_VALUE),
    inFilter('a key that does not exist', { color: 'red' }, 'color', 'red', UNKNOWN_KEY),
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('of the pipeline, refuses', () => {
  const inPipeline = (what: string, change: Record<string, unknown>, remedy: string, path?: string): BadInput => {
    const [[key, found]] = Object.entries(change) as [[string, unknown]];
    return { what, value: { pipeline: { ...PIPELINE, ...change } }, path: path ?? `pipeline.${key}`, found, remedy };
  };
  const THIRD_ACCOUNT =
    'both sides trust the account of the pipeline; write a third one, so that neither side administers the other';

  test.each<BadInput>([
    inPipeline('the source account', { account: '111111111111' }, THIRD_ACCOUNT),
    inPipeline('the backup account', { account: '222222222222' }, THIRD_ACCOUNT),
    inPipeline(
      'a region of another partition',
      { region: 'cn-north-1' },
      'a pipeline of partition aws-cn deploys into no other; write a region of aws',
    ),
    {
      what: 'China, where AWS has no CodePipeline',
      value: {
        source: { region: 'cn-north-1' },
        destination: { region: 'cn-northwest-1' },
        pipeline: { ...PIPELINE, region: 'cn-north-1' },
      },
      path: 'pipeline',
      found: 'cn-north-1',
      remedy: 'AWS offers no CodePipeline in China; remove it, and run "npx --no -- s3-replication deploy" instead',
    },
    inPipeline('a repository without owner', { repository: 'backups' }, 'write the repository as "owner/name"'),
    inPipeline('no branch', { branch: '' }, 'write the name of a branch, such as "main"'),
    inPipeline('approval as a text', { approval: 'yes' }, ON_OFF),
    inPipeline('an e-mail address without domain', { email: 'ops' }, 'write an e-mail address, or leave the key out'),
    inPipeline('an accepted change that is no list', { accept: 'all' }, 'write a list of changes as the plan names them'),
    inPipeline('a key that does not exist', { repo: 'o/n' }, likely('repository')),
    {
      what: 'a connection that is no ARN',
      value: { pipeline: { ...PIPELINE, connectionArn: 'github' } },
      path: 'pipeline.connectionArn',
      found: 'github',
      remedy: expect.stringContaining(
        'write the ARN of a CodeConnections connection, such as "arn:aws:codeconnections:',
      ) as string,
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });

  test('one that names neither account, region, repository nor connection', () => {
    expect(placesOf({ pipeline: {} })).toStrictEqual(
      ['account', 'region', 'repository', 'connectionArn'].map((key) => `pipeline.${key}`),
    );
  });
});

describe('of GitHub Actions, refuses', () => {
  const inGithub = (what: string, change: Record<string, unknown>, remedy: unknown): BadInput => {
    const [[key, found]] = Object.entries(change) as [[string, unknown]];
    const value = { delivery: { github: { ...DELIVERY.delivery.github, ...change } } };
    return { what, value, path: `delivery.github.${key}`, found, remedy: remedy as string };
  };
  const REPOSITORY: unknown = expect.stringContaining('write the repository as "owner/name"');
  const ENVIRONMENT: unknown = expect.stringContaining('such as "backup"');

  test.each<BadInput>([
    ...[
      ['without owner', 'backups'],
      ['of every owner', '*/backups'],
      ['with a wildcard', 'example/backup?'],
      ['as an address', 'https://github.com/example/backups'],
      ['with one of two ids', 'example@12/backups'],
      ['with a subject', 'example/backups:ref:refs/heads/main'],
    ].map(([what = '', repository]) => inGithub(`a repository ${what}`, { repository }, REPOSITORY)),
    ...[
      ['with capitals', 'Production'],
      ['of every name', '*'],
      ['with a colon', 'backup:eu'],
      ['that is empty', ''],
      ['that is too long', 'a'.repeat(101)],
    ].map(([what = '', environment]) => inGithub(`an environment ${what}`, { environment }, ENVIRONMENT)),
    inGithub('an accepted change that is no list', { accept: 'all' }, 'write a list of changes as the plan names them'),
    inGithub('providers that are no list', { existingProviders: true }, 'write a list of "source" and "destination"'),
    inGithub('a key that does not exist', { repo: 'o/n' }, likely('repository')),
    {
      what: 'a pipeline beside them',
      value: { ...DELIVERY, pipeline: PIPELINE },
      path: 'delivery',
      found: DELIVERY.delivery,
      remedy: 'the pipeline deploys the same stacks, and each would undo what the other deploys; remove one of the two',
    },
    {
      what: 'a pair whose bucket the role that drills could delete',
      value: { ...DELIVERY, pairs: [{ id: 'a' }, { id: 'drill-archives' }] },
      path: 'pairs[1].id',
      found: 'drill-archives',
      remedy:
        'the role that drills for "delivery" may delete buckets of such a name; write an id that does not start with drill-',
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });

  test('more pairs than the policies of a role have room for', () => {
    const pairs = Array.from({ length: 500 }, (_, index) => ({ id: `a-pair-${index}`, group: `g${index % 10}` }));

    expect(problemsOf({ pairs })).toEqual([]);
    expect(problemsOf({ ...DELIVERY, pairs })).toEqual([
      expect.objectContaining({
        path: 'pairs',
        found: '500 pairs',
        remedy: expect.stringMatching(/managed policies, and IAM attaches 10 to a role/) as string,
      }),
    ]);
  });
});

test('a repository is written as GitHub names it in tokens, with ids or without', () => {
  const { github } = DELIVERY.delivery;

  for (const repository of ['example/backups', 'an-owner_x/a.b_c-d', 'example@12/backups@345']) {
    expect(validConfig({ delivery: { github: { ...github, repository } } }).delivery?.github).toStrictEqual({
      ...github,
      repository,
      existingProviders: [],
      accept: [],
    });
  }
});

test('a pipeline follows branch main and waits for approval, unless it says otherwise', () => {
  expect(validConfig({ pipeline: PIPELINE }).pipeline).toStrictEqual({
    ...PIPELINE,
    branch: 'main',
    approval: true,
    accept: [],
  });
});

describe('of the other keys, refuses', () => {
  test.each<BadInput>([
    ...bad('keyExchange', 'write one of stack-output, ssm', [
      ['an exchange that does not exist', 'output'],
      ['an exchange that is null', null],
    ]),
    ...bad('backfill', ON_OFF, [
      ['backfill as a text', 'on'],
      ['backfill as null', null],
    ]),
    ...bad('bucketNamespace', 'write one of account-regional, global', [['a namespace that does not exist', 'regional']]),
    ...bad('keyRotationDays', ROTATION, [
      ['rotation after 89 days', 89],
      ['rotation after 2561 days', 2561],
      ['rotation after half a day more', 90.5],
      ['rotation as a text', '365'],
      ['rotation switched off', false],
    ]),
    ...bad('keyDeletionDays', DELETION, [
      ['deletion after 6 days', 6],
      ['deletion after 31 days', 31],
      ['deletion after half a day more', 7.5],
      ['deletion as null', null],
    ]),
    ...bad('removal', 'write one of retain, destroy', [['a removal that does not exist', 'snapshot']]),
    ...bad('removal', keepAlive('backups'), [['destruction of the default deployment', 'destroy']]),
    ...['demo', 'backups-demo2', 'test-backups', 'backupstest'].map((deployment) => ({
      what: `destruction of a deployment named ${deployment}`,
      value: { deployment, removal: 'destroy' },
      path: 'removal',
      found: 'destroy',
      remedy: keepAlive(deployment),
    })),
    ...bad('terminationProtection', ON_OFF, [
      ['termination protection as a text', 'on'],
      ['termination protection as null', null],
    ]),
    ...(
      [
        ['email', 'nobody', 'write an e-mail address, or leave the key out'],
        ['failedOperations', 0, 'write operations as a whole number from 1 to 1000000000'],
        ['latencyMinutes', 0.5, 'write minutes as a whole number from 1 to 10080'],
        ['pendingOperations', '1', 'write operations as a whole number from 1 to 1000000000'],
        ['pendingBytes', -1, `write bytes as a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`],
        ['dashboard', 'no', ON_OFF],
        ['topic', 'mine', likely('topicArns')],
        ['colour', 'red', UNKNOWN_KEY],
      ] as const
    ).map(([key, found, remedy]) => ({
      what: `${key} of monitoring as ${JSON.stringify(found)}`,
      value: { monitoring: { [key]: found } },
      path: `monitoring.${key}`,
      found,
      remedy,
    })),
    ...bad('monitoring', 'write an object such as { "email": "storage@example.com" }', [['monitoring switched off', false]]),
    ...bad('region', UNKNOWN_KEY, [['a key that does not exist', 'us-west-2']]),
    ...bad('toString', UNKNOWN_KEY, [['a key that does not exist, though every JavaScript object has it', 'x']]),
    {
      what: 'a key that does not exist on a side',
      value: { source: { accountId: '333333333333' } },
      path: 'source.accountId',
      found: '333333333333',
      remedy: likely('account'),
    },
    {
      what: 'the account regional namespace for a source region without it',
      value: { source: { region: 'me-south-1' } },
      path: 'bucketNamespace',
      found: 'account-regional',
      remedy: 'S3 has no account regional namespace in me-south-1; write "global"',
    },
    {
      what: 'the account regional namespace for a destination region without it',
      value: { destination: { region: 'me-central-1' }, bucketNamespace: 'account-regional' },
      path: 'bucketNamespace',
      found: 'account-regional',
      remedy: 'S3 has no account regional namespace in me-central-1; write "global"',
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('of the tags, refuses', () => {
  test.each<BadInput>([
    ...bad('tags', 'write an object such as { "team": "storage" }', [
      ['a list', ['team']],
      ['a text', 'team=storage'],
    ]),
    ...bad('tags', 'write at most 50 tags', [['more than 50', manyTags(51)]]),
    tag('a key that starts with aws:', 'aws:team', 'storage', TAG_KEY),
    tag('a key that starts with aws: in capitals', 'AWS:team', 'storage', TAG_KEY),
    tag('a key of 129 characters', 'k'.repeat(129), 'storage', TAG_KEY),
    tag('a key with another character', 'team!', 'storage', TAG_KEY),
    tag('an empty key', '', 'storage', TAG_KEY),
    tag('a value of 257 characters', 'team', 'v'.repeat(257), TAG_VALUE),
    tag('a value with another character', 'team', '<storage>', TAG_VALUE),
    tag('a value that is a number', 'team', 5, TAG_VALUE),
    tag('a value that is null', 'team', null, TAG_VALUE),
    {
      what: 'keys that differ in case only',
      value: { tags: { Team: 'storage', team: 'backup' } },
      path: 'tags.team',
      found: 'backup',
      remedy: twin('Team'),
    },
  ])('$what', ({ value, path, found, remedy }) => {
    expect(problemsOf(value)).toStrictEqual([{ path, found, remedy }]);
  });
});

describe('takes', () => {
  const longest = 'p'.repeat(24);

  test.each<[string, Record<string, unknown>]>([
    ['rotation after 90 days', { keyRotationDays: 90 }],
    ['rotation after 2560 days', { keyRotationDays: 2560 }],
    ['no heartbeat', { heartbeat: false }],
    ['a heartbeat every quarter of an hour', { heartbeat: { minutes: 15 } }],
    ['a heartbeat every day', { heartbeat: { minutes: 1440 } }],
    ['deletion after 7 days', { keyDeletionDays: 7 }],
    ['deletion after 30 days', { keyDeletionDays: 30 }],
    ['an account with leading zeros', { source: { account: '000000000012', region: 'ap-southeast-2' } }],
    ['a deployment of one letter', { deployment: 'a' }],
    ['a deployment with digits and hyphens', { deployment: 'b2-c-3' }],
    ['a deployment that has a reserved word further on', { deployment: 'my-aws' }],
    ['the longest deployment', { deployment: 'a'.repeat(22) }],
    ['the longest deployment with backfill', { backfill: true, deployment: 'a'.repeat(22) }],
    ['50 tags', { tags: manyTags(50) }],
    ['the longest tag', { tags: { ['k'.repeat(128)]: 'v'.repeat(256) } }],
    ['an empty tag value', { tags: { team: '' } }],
    ['tags with every character', { tags: { 'Équipe 1_.:/=+-@': 'É 1_.:/=+-@' } }],
    ['a tag key that starts with aws but not aws:', { tags: { awsteam: 'storage' } }],
    ['destruction of a demo', { deployment: 'backups-demo', removal: 'destroy', terminationProtection: false }],
    ['destruction of a test', { deployment: 'backups-test', removal: 'destroy', terminationProtection: false }],
  ])('%s', (_what, value) => {
    expect(parse(value)).toStrictEqual({ ...parse({}), ...value });
  });

  test.each<[string, Record<string, unknown>]>([
    ['an id of one digit', { id: '0' }],
    ['the longest id', { id: longest }],
    ['ten filter tags', { filter: { tags: manyTags(10) } }],
    ['filter tags that differ in case only, which S3 tells apart', { filter: { tags: { Class: 'a', class: 'b' } } }],
    ['a prefix that leaves room for the key of the heartbeat', { filter: { prefix: 'é'.repeat(496) } }],
    ['delete markers with a prefix', { replicateDeleteMarkers: true, filter: { prefix: 'a/' } }],
    ['delete markers with a filter that has no tags after all', { replicateDeleteMarkers: true, filter: { tags: {} } }],
    ['a tag filter without delete markers', { replicateDeleteMarkers: false, filter: { tags: { Class: 'a' } } }],
    ...['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'].map(
      (storageClass): [string, Record<string, unknown>] => [`storage class ${storageClass}`, { storageClass }],
    ),
  ])('a pair with %s', (_what, keys) => {
    const [defaults] = parse({}).pairs;

    expect(parse(pair(keys)).pairs).toStrictEqual([{ ...defaults, ...keys }]);
  });

  test.each([
    ['me-south-1', 'us-west-2'],
    ['ap-southeast-2', 'me-central-1'],
  ])('the global namespace from %s to %s', (source, destination) => {
    const config = parse({ source: { region: source }, destination: { region: destination }, bucketNamespace: 'global' });

    expect([config.source.region, config.destination.region, config.bucketNamespace]).toStrictEqual([
      source,
      destination,
      'global',
    ]);
  });

  test('without backfill a pair of that name', () => {
    expect(parse(pair({ id: 'backfill' })).pairs[0]?.id).toBe('backfill');
  });

  test('a report bucket that only the region of the source has room for', () => {
    const sides = { source: { region: 'us-east-1' }, destination: { region: 'ap-southeast-2' } };
    const written = { ...sides, backfill: true, deployment: 'a'.repeat(28), pairs: [{ id: 'abc' }] };

    expect(parse(written).backfill).toBe(true);
  });

  test('a longer id in the global namespace, and where region names are shorter', () => {
    const global = parse({ bucketNamespace: 'global', ...pair({ id: 'p'.repeat(27) }) });
    const short = parse({ source: { region: 'us-east-1' }, ...pair({ id: 'p'.repeat(29) }) });

    expect([global, short].map(({ pairs }) => pairs[0]?.id.length)).toStrictEqual([27, 29]);
  });

  test.each([
    ['cn-north-1', 'cn-northwest-1'],
    ['us-gov-west-1', 'us-gov-east-1'],
  ])('replication within another partition, from %s to %s', (source, destination) => {
    const config = parse({ source: { region: source }, destination: { region: destination } });

    expect([config.source.region, config.destination.region]).toStrictEqual([source, destination]);
  });
});

describe('a group whose name', () => {
  const inGroup = (group: string, others: object[] = [], keys: object = {}) =>
    problemsOf({ ...keys, pairs: [...others, { id: 'documents', group }] });

  test.each(['1st', 'Team', 'a--b', 'a-', ''])('is %j is refused', (group) => {
    expect(inGroup(group)).toStrictEqual([
      { path: 'pairs[0].group', found: group, remedy: expect.stringContaining('write a name that starts with a letter') },
    ]);
  });

  test.each([
    ['names its stack like the health stack', 'health', 'the source health stack of the deployment'],
    ['names its key like the key of a topic', 'notifications', "the alias of a topic's key of the deployment"],
  ])('%s is refused, though no pair is without a group', (_, group, other) => {
    expect(inGroup(group)).toStrictEqual([
      {
        path: 'pairs[0].group',
        found: group,
        remedy: expect.stringContaining(`would have the name of ${other}; write another group`),
      },
    ]);
  });

  test.each([
    ['the stack of another group', 'x', [{ id: 'a', group: 'health-x' }], {}],
    ['an alarm of a pair', 'latency', [{ id: 'destination-health' }], {}],
    ['the bucket of a pair', 'x', [{ id: 'backfill-x' }], { backfill: true }],
  ])('makes one name of something and %s is refused', (_, group, others, keys) => {
    expect(inGroup(group, others, keys)).toStrictEqual([
      { path: 'pairs[1].group', found: group, remedy: expect.stringMatching(/would have the name of .*; write another group$/) },
    ]);
  });

  test.each([
    ['role', 27, {}],
    ['bucket', 15, { backfill: true }],
  ])('makes the name of a %s too long is refused from the first character too many', (kind, longest, keys) => {
    expect(inGroup('g'.repeat(longest), [], keys)).toStrictEqual([]);
    expect(inGroup('g'.repeat(longest + 1), [], keys)).toStrictEqual([
      expect.objectContaining({ path: 'pairs[0].group', remedy: expect.stringContaining(`${kind} backups-`) }),
    ]);
  });
});

test("each group has a replica key's policy of its own to fill", () => {
  const grouped = manyPairs(100).map((one, index) => ({ ...(one as object), ...(index % 2 === 0 && { group: 'even' }) }));

  expect(parse({ pairs: grouped }).pairs).toHaveLength(100);
  expect(problemsOf({ pairs: manyPairs(100).map((one) => ({ ...(one as object), group: 'all' })) })).toStrictEqual([
    { path: 'pairs', found: '100 pairs in group all', remedy: expect.stringContaining('give the others a "group" of their own') },
  ]);
});

describe("more pairs than the replica key's policy has room for", () => {
  const excessive = manyPairs(200);
  const room = Number(/the first (\d+) of these pairs/.exec(problemsOf({ pairs: excessive })[0]?.remedy ?? '')?.[1]);

  test('are refused with the number that fits', () => {
    expect(room).toBeGreaterThan(50);
    expect(problemsOf({ pairs: excessive })).toStrictEqual([
      {
        path: 'pairs',
        found: '200 pairs',
        remedy: `the replica key's policy has room for the first ${room} of these pairs; give the others a "group" of their own, which has its own keys and stacks`,
      },
    ]);
  });

  test('are half as many with recovery roles, which the policy admits too', () => {
    const roles = { recovery: { batch: true } };
    const fewer = Number(/the first (\d+) of these pairs/.exec(problemsOf({ ...roles, pairs: excessive })[0]?.remedy ?? '')?.[1]);
    const config = deploymentOf(parse({ ...roles, pairs: manyPairs(fewer) }));
    const statements = config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names));

    expect(fewer).toBeGreaterThan(25);
    expect(statements).toHaveLength(2 * fewer);
    expect(Buffer.byteLength(JSON.stringify({ Version: '2012-10-17', Statement: statements }))).toBeLessThan(32_768);
  });

  test('are refused from the first one too many', () => {
    expect(parse({ pairs: manyPairs(room) }).pairs).toHaveLength(room);
    expect(placesOf({ pairs: manyPairs(room + 1) })).toStrictEqual(['pairs']);
  });

  test('leave a policy that KMS takes', () => {
    const config = deploymentOf(parse({ pairs: manyPairs(room) }));
    const statements = config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names));

    expect(statements).toHaveLength(room);
    expect(Buffer.byteLength(JSON.stringify({ Version: '2012-10-17', Statement: statements }))).toBeLessThan(32_768);
  });

  test('are counted by bytes: longer names leave room for fewer', () => {
    const longNames = Array.from({ length: room }, (_, index) => ({ id: `pair-with-long-name-${index}` }));

    expect(placesOf({ pairs: longNames })).toStrictEqual(['pairs']);
  });
});

describe('several problems', () => {
  test('are all reported at once, with the rules over several keys among them', () => {
    const value = {
      deployment: 'Backups',
      source: { account: '222222222222', region: 'us-west-2', profile: '' },
      keyRotationDays: 1,
      keyDeletionDays: 1,
      pairs: [
        { id: 'a', colour: 'blue', objectLock: { mode: 'COMPLIANCE', days: 1 } },
        { id: 'a', storageClass: 'COLD' },
      ],
      tags: { Team: 'a', team: 'b', 'aws:x': 'c' },
      monitoring: { latencyMinutes: 0, email: 1 },
      color: 'blue',
    };

    expect(new Set(placesOf(value))).toStrictEqual(
      new Set([
        'deployment',
        'source.profile',
        'destination.account',
        'destination.region',
        'keyRotationDays',
        'keyDeletionDays',
        'pairs[0].colour',
        'pairs[0].objectLock.confirm',
        'pairs[1].id',
        'pairs[1].storageClass',
        'tags.team',
        'tags.aws:x',
        'monitoring.email',
        'monitoring.latencyMinutes',
        'color',
      ]),
    );
  });

  test('of one object are all reported: two unknown keys, two bad values', () => {
    expect(new Set(placesOf({ source: { a: 1, b: 2, account: 3, region: 4 } }))).toStrictEqual(
      new Set(['source.account', 'source.region', 'source.a', 'source.b']),
    );
  });

  test('of one kind are reported for every pair', () => {
    const value = { pairs: [{ id: 'a' }, { id: 'a' }, { id: 'p'.repeat(30) }, { id: 'a' }, { id: 'q'.repeat(30) }] };

    expect(placesOf(value)).toStrictEqual(['pairs[1].id', 'pairs[3].id', 'pairs[2].id', 'pairs[4].id']);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['same accounts', { source: { account: '222222222222', region: 'nowhere' } }, 'destination.account'],
    ['same regions', { source: { account: 5, region: 'us-west-2' } }, 'destination.region'],
    ['mixed partitions', { source: { account: 5, region: 'cn-north-1' } }, 'destination.region'],
    ['a region without the namespace', { source: { account: 5, region: 'me-south-1' } }, 'bucketNamespace'],
    ['ids that stand twice', { pairs: [{ id: 'a' }, { id: 'A', filter: 5 }, { id: 'a', timeControl: 5 }] }, 'pairs[2].id'],
    ['ids that stand twice beside a pair that is no object', { pairs: ['a', { id: 'b' }, { id: 'b' }] }, 'pairs[2].id'],
    ['an id too long', { pairs: [{ id: 5 }, { id: 'p'.repeat(30), filter: 5 }] }, 'pairs[1].id'],
    ['a deployment too long', { deployment: 'a'.repeat(30), removal: 5 }, 'pairs[0].id'],
    [
      'delete markers with tags',
      { pairs: ['a', { id: 5, replicateDeleteMarkers: true, filter: { tags: { Class: 5 } } }] },
      'pairs[1].replicateDeleteMarkers',
    ],
    ['destruction', { removal: 'destroy', source: 5, pairs: 5, tags: 5 }, 'removal'],
    ['tag keys that differ in case only', { tags: { Team: 5, team: 'b' } }, 'tags.team'],
  ])('elsewhere do not hide %s', (_what, value, path) => {
    expect(placesOf(value).length).toBeGreaterThan(1);
    expect(placesOf(value)).toContain(path);
  });

  test('of one key do not make up others that depend on it', () => {
    expect(placesOf({ deployment: 'BACKUPS', removal: 'destroy' })).toStrictEqual(['deployment']);
    expect(placesOf({ source: { region: 'us-moon-1' }, destination: { region: 'us-moon-1' } })).toStrictEqual([
      'source.region',
      'destination.region',
    ]);
  });
});

describe('the error', () => {
  test('names the origin, and of each problem the path, the value found and the remedy', () => {
    const error = errorOf({ keyRotationDays: 89, pairs: [{ filter: { prefix: '' } }] });

    expect(error).toMatchObject({ name: 'ConfigError', code: 'InvalidConfig', origin: 'environment.json' });
    expect(error?.message).toBe(
      [
        'the configuration in environment.json has 3 problems:',
        `  - pairs[0].id: found nothing; ${PAIR_ID}`,
        `  - pairs[0].filter.prefix: found ""; ${PREFIX}`,
        `  - keyRotationDays: found 89; ${ROTATION}`,
      ].join('\n'),
    );
  });

  test('of one problem says so', () => {
    expect(errorOf([])?.message).toBe(
      `the configuration in environment.json has 1 problem:\n  - the whole configuration: found []; ${WHOLE}`,
    );
  });

  test('cuts a long value short', () => {
    expect(errorOf({ tags: { team: 'v'.repeat(300) } })?.message).toContain(
      `  - tags.team: found "${'v'.repeat(76)}...; ${TAG_VALUE}`,
    );
  });

  test('shows a value of 80 characters whole', () => {
    expect(errorOf({ deployment: 'V'.repeat(78) })?.message).toContain(`found "${'V'.repeat(78)}"; `);
  });
});

const contextWith = (replication: unknown) => (key: string) => (key === 'replication' ? replication : undefined);

describe('loading', () => {
  test('completes what context holds', () => {
    expect(loadConfig(contextWith({ deployment: 'archive' }), '/nowhere')).toStrictEqual({ ...parse({}), deployment: 'archive' });
  });

  test('gives the defaults where context holds nothing', () => {
    expect(loadConfig(contextWith(undefined), '/nowhere')).toStrictEqual(parse({}));
  });

  test('says where a bad configuration was read from', () => {
    expect(() => loadConfig(contextWith([]), '/nowhere')).toThrow(
      'the configuration in cdk.json (context.replication) has 1 problem:',
    );
  });
});

describe('the heartbeat and who is told', () => {
  test.each<[string, unknown]>([
    ['true', true],
    ['a number', 60],
    ['text', 'hourly'],
    ['an unknown key', { seconds: 60 }],
    ['text for a number', { minutes: '60' }],
    ['a part of a minute', { minutes: 60.5 }],
  ])('a heartbeat that is %s is refused with what to write', (_, heartbeat) => {
    expect(problemsOf({ heartbeat })).toMatchObject([
      { path: expect.stringMatching(/^heartbeat/), remedy: expect.stringMatching(/minutes|there is no such key/) },
    ]);
  });

  test.each([14, 1441])('%p minutes are refused', (minutes) => {
    expect(problemsOf({ heartbeat: { minutes } })).toStrictEqual([
      { path: 'heartbeat.minutes', found: minutes, remedy: expect.stringContaining('from 15 to 1440') },
    ]);
  });

  test('a prefix may be as long as a key where no heartbeat is written', () => {
    const [pairs] = parse({ ...pair({ filter: { prefix: 'é'.repeat(512) } }), heartbeat: false }).pairs;
    expect(pairs?.filter?.prefix).toHaveLength(512);
  });

  test.each([
    ['a topic of another account', 'arn:aws:sns:us-west-2:333333333333:on-call', 'account 222222222222 in us-west-2'],
    ['a topic of another Region', 'arn:aws:sns:eu-west-1:111111111111:on-call', 'account 111111111111 in ap-southeast-2'],
    ['a topic of the backup account in the source Region', 'arn:aws:sns:ap-southeast-2:222222222222:a', 'write a topic of'],
    ['a topic of another partition', 'arn:aws-cn:sns:us-west-2:222222222222:on-call', 'write a topic of'],
    ['a queue', 'arn:aws:sqs:us-west-2:222222222222:on-call', 'write the ARN of a standard SNS topic'],
    ['a FIFO topic', 'arn:aws:sns:us-west-2:222222222222:on-call.fifo', 'write the ARN of a standard SNS topic'],
  ])('%s is refused', (_, arn, remedy) => {
    expect(problemsOf({ monitoring: { topicArns: [arn] } })).toStrictEqual([
      { path: 'monitoring.topicArns[0]', found: arn, remedy: expect.stringContaining(remedy) },
    ]);
  });

  test('a topic that is written twice is refused', () => {
    const arn = 'arn:aws:sns:us-west-2:222222222222:on-call';
    expect(problemsOf({ monitoring: { topicArns: [arn, arn] } })).toStrictEqual([
      { path: 'monitoring.topicArns[1]', found: arn, remedy: 'it is written twice; remove one' },
    ]);
  });

  test.each(['wiki/runbook', 'javascript:alert(1)', 'https://a b'])('the address %s is refused', (runbookUrl) => {
    expect(problemsOf({ monitoring: { runbookUrl } })).toMatchObject([{ path: 'monitoring.runbookUrl' }]);
  });
});
