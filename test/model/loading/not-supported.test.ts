import { ConfigError } from '../../../lib/errors/errors';
import { parseConfig } from '../../../lib/model/loading/load';
import { configKeys } from '../../helpers/config-keys';

function problemsOf(value: unknown): ConfigError['problems'] {
  try {
    parseConfig({ origin: 'cdk.json', value });
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

/** What each remedy begins with: that something is not supported; then why, and what to do instead. */
const BUCKET = /^a source bucket that exists is an object of its pair; write "sourceBucket": \{ "name": "acme-invoices" \}/;
const REPLICA_BUCKET = /^a replica bucket that exists is an object of its pair; write "replicaBucket": \{/;
const KEY = /^an existing KMS key is not supported here: .* "keyArns".* "destination": \{ "keyArn"/;
const REPLICA_KEY = /^a replica key that exists is a key of the destination; write "keyArn"/;
const DESTINATIONS = /^several destinations are not supported: S3 can .*; write one "destination" object/;
const SOURCES = /^several sources are not supported: .*; write one "source" object/;
const TWO_WAY = /^two-way replication is not supported: .*; remove it\. "s3-replication restore"/;
const RULES = /^several rules for one bucket are not supported: .*; write one prefix as "filter"/;
const LIFECYCLE = /^lifecycle rules by prefix are not supported: .*; remove it/;
const STANDARD_IA = /^a transition to STANDARD_IA is not supported: .*; write "storageClass": "STANDARD_IA" in the pair/;
const pair = (keys: object) => ({ pairs: [{ id: 'documents', ...keys }] });
const [one, two] = [
  { account: '222222222222', region: 'eu-west-1' },
  { account: '333333333333', region: 'eu-central-1' },
];

describe('a configuration of something that is not supported says what, why, and what to do instead', () => {
  test.each<[string, unknown, readonly [path: string, remedy: RegExp][]]>([
    [
      'existing bucket',
      pair({ sourceBucket: 'example-gps-traces', sourceBucketArn: 'arn:aws:s3:::example-gps-traces' }),
      [
        ['pairs[0].sourceBucket', /^write an object: "sourceBucket": \{ "name": "example-gps-traces" \}$/],
        ['pairs[0].sourceBucketArn', BUCKET],
      ],
    ],
    ['several destinations', { destination: [one, two], pairs: [{ id: 'assets' }] }, [['destination', DESTINATIONS]]],
    [
      'two-way',
      pair({ bidirectional: true, replicaModifications: true }),
      [
        ['pairs[0].bidirectional', TWO_WAY],
        ['pairs[0].replicaModifications', TWO_WAY],
      ],
    ],
    [
      'same Region',
      { source: { account: '111111111111', region: 'eu-west-2' }, destination: { account: '222222222222', region: 'eu-west-2' } },
      [['destination.region', /^replication within one Region is not supported: S3 allows it, but .*; write another Region$/]],
    ],
    [
      'same account',
      { source: { account: '111111111111', region: 'eu-west-2' }, destination: { account: '111111111111', region: 'eu-west-1' } },
      [['destination.account', /^replication within one account is not supported: S3 allows it, but .*; write another account$/]],
    ],
    [
      'transition to STANDARD_IA',
      pair({
        storageClass: 'STANDARD',
        lifecycle: {
          noncurrentDays: 730,
          replicaExpireDays: 730,
          transitions: [
            { storageClass: 'STANDARD_IA', days: 90 },
            { storageClass: 'GLACIER', days: 365 },
          ],
        },
      }),
      [['pairs[0].lifecycle.transitions[0].storageClass', STANDARD_IA]],
    ],
    [
      'rules by prefix',
      pair({ rules: [{ prefix: 'a/' }, { prefix: 'b/', storageClass: 'GLACIER' }] }),
      [['pairs[0].rules', RULES]],
    ],
  ])('%s', (_, value, expected) => {
    expect(problemsOf(value).map(({ path, remedy }) => [path, remedy])).toEqual(
      expected.map(([path, remedy]) => [path, expect.stringMatching(remedy)]),
    );
  });

  test.each<[path: string, value: object, remedy: RegExp]>([
    ...['bucket', 'bucketName', 'bucket_arn', 'existingBucket', 'sourceBucketName'].map((key): [string, object, RegExp] => [
      `pairs[0].${key}`,
      pair({ [key]: { name: 'x' } }),
      BUCKET,
    ]),
    ...['replicaBucketName', 'destination-bucket', 'targetBucketName', 'existing-replica-bucket'].map(
      (key): [string, object, RegExp] => [`pairs[0].${key}`, pair({ [key]: { name: 'x' } }), REPLICA_BUCKET],
    ),
    ['source.bucket', { source: { bucket: 'x' } }, BUCKET],
    ['destination.bucketArn', { destination: { bucketArn: 'x' } }, REPLICA_BUCKET],
    ['buckets', { buckets: ['x'] }, BUCKET],
    ['pairs[0].kmsKeyArn', pair({ kmsKeyArn: 'x' }), KEY],
    ['destination.kmsKeyId', { destination: { kmsKeyId: 'x' } }, REPLICA_KEY],
    ['source.keyArn', { source: { keyArn: 'x' } }, KEY],
    ['replicaKeyArn', { replicaKeyArn: 'x' }, REPLICA_KEY],
    ['pairs[0].replicaKey', pair({ replicaKey: 'x' }), REPLICA_KEY],
    ['destinations', { destinations: [one, two] }, DESTINATIONS],
    ['secondaryDestination', { secondaryDestination: two }, DESTINATIONS],
    ['destination2', { destination2: two }, DESTINATIONS],
    ['pairs[0].destination', pair({ destination: two }), DESTINATIONS],
    ['pairs[0].destinations', pair({ destinations: [two] }), DESTINATIONS],
    ['pairs[0].destinationRegion', pair({ destinationRegion: 'eu-west-1' }), DESTINATIONS],
    ['source', { source: [one, two] }, SOURCES],
    ['sources', { sources: [one, two] }, SOURCES],
    ['pairs[0].source', pair({ source: one }), SOURCES],
    [
      'pairs[0].heartbeat',
      pair({ heartbeat: true }),
      /^a heartbeat of one pair is not supported: .* only the owner can expire; remove it/,
    ],
    ['pairs[0].twoWay', pair({ twoWay: true }), TWO_WAY],
    ['two-way', { 'two-way': true }, TWO_WAY],
    ['bi_directional_replication', { bi_directional_replication: true }, TWO_WAY],
    ['pairs[0].replicaModificationSync', pair({ replicaModificationSync: true }), TWO_WAY],
    ['pairs[0].replicationRules', pair({ replicationRules: [] }), RULES],
    ['pairs[0].prefixes', pair({ prefixes: ['a/'] }), RULES],
    ['pairs[0].filter', pair({ filter: [{ prefix: 'a/' }] }), RULES],
    ['pairs[0].filter.prefix', pair({ filter: { prefix: ['a/', 'b/'] } }), RULES],
    ['pairs[0].filter.prefixes', pair({ filter: { prefixes: ['a/'] } }), RULES],
    ['rules', { rules: [{ prefix: 'a/' }] }, RULES],
    ['pairs[0].prefix', pair({ prefix: 'a/' }), /^a prefix is part of the filter of a pair; write "filter"/],
    ['pairs[0].filter.suffix', pair({ filter: { suffix: '.pdf' } }), /^S3 replicates by prefix and tags alone; write/],
    ['pairs[0].filter.excludePrefix', pair({ filter: { excludePrefix: 'tmp/' } }), /^S3 replicates by prefix and tags alone/],
    ['pairs[0].lifecycle', pair({ lifecycle: [{ noncurrentDays: 1 }] }), LIFECYCLE],
    ['pairs[0].lifecycle.rules', pair({ lifecycle: { rules: [] } }), LIFECYCLE],
    ['pairs[0].lifecycle.prefix', pair({ lifecycle: { prefix: 'a/' } }), LIFECYCLE],
    ...(
      [
        ['standard-ia', STANDARD_IA],
        ['Standard IA', STANDARD_IA],
        ['ONEZONE_IA', /^a transition to ONEZONE_IA is not supported: .*; write "storageClass": "ONEZONE_IA"/],
        ['STANDARD', /^S3 Lifecycle moves nothing to STANDARD; write/],
      ] as const
    ).map(([storageClass, remedy]): [string, object, RegExp] => [
      'pairs[0].lifecycle.transitions[0].storageClass',
      pair({ lifecycle: { transitions: [{ storageClass, days: 90 }] } }),
      remedy,
    ]),
  ])('%s: %j', (path, value, remedy) => {
    expect(problemsOf(value)).toEqual([expect.objectContaining({ path, remedy: expect.stringMatching(remedy) })]);
  });
});

test('a wrong value of a key that there is, and an unknown key, are not taken for one', () => {
  const nested = (key: string, value: unknown): object =>
    key.split('.').reduceRight<unknown>((inner, name) => {
      const [, list] = /^(.*)\[\]$/.exec(name) ?? [];
      return list === undefined ? { [name]: inner } : { [list]: [inner] };
    }, value) as object;
  const remedies = [...configKeys(), 'pairs[].storageclass', 'replica', 'pairs[].lifecycle.days'].flatMap((key) =>
    problemsOf(nested(key, 5)).map(({ remedy }) => remedy),
  );
  expect(remedies.length).toBeGreaterThan(configKeys().length / 2);
  expect(remedies.filter((remedy) => /not supported/.test(remedy))).toEqual([]);
});
