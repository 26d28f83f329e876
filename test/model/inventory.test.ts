import type { ConfigError } from '../../lib/errors/errors';
import { groupsOf } from '../../lib/model/deployment';
import {
  hasInventory,
  INVENTORY_FIELDS,
  inventoryBucket,
  inventoryOf,
  REPORT_COLUMNS,
  reportBucketStatements,
  reportKeyStatements,
  reportsOf,
} from '../../lib/model/inventory';
import { parseConfig } from '../../lib/model/loading/load';
import { ownedElsewhere } from '../../lib/model/owned-elsewhere';
import { validConfig } from '../helpers/config';

const OWNED_KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OWNED_SOURCE = { id: 'invoices', sourceBucket: { name: 'acme-invoices' } };
const OWNED_REPLICA = { id: 'scans', replicaBucket: { name: 'acme-backup' } };

describe('without an inventory', () => {
  test('there is no pair of reports, and no bucket reports', () => {
    const config = validConfig();

    expect(config.pairs.map(({ id }) => id)).toEqual(['documents']);
    expect(config.pairs.map((pair) => inventoryOf(config, pair, 'source'))).toEqual([undefined]);
    expect(reportBucketStatements(config, 'source')).toEqual([]);
    expect(reportKeyStatements(config, 'destination')).toEqual([]);
  });
});

describe('with an inventory', () => {
  const config = validConfig({
    inventory: {},
    pairs: [{ id: 'documents', filter: { prefix: 'in/' } }, OWNED_SOURCE, OWNED_REPLICA],
  });
  const [documents] = config.pairs;

  test('the buckets that the deployment makes have one, and those of others only where the pair says so', () => {
    expect(config.pairs.filter((pair) => hasInventory(config, pair)).map(({ id }) => id)).toEqual(['documents']);

    const asked = validConfig({
      inventory: {},
      pairs: [OWNED_SOURCE, OWNED_REPLICA].map((pair) => ({ ...pair, inventory: true })),
    });
    expect(asked.pairs.filter((pair) => hasInventory(asked, pair)).map(({ id }) => id)).toEqual(['invoices', 'scans']);

    const left = validConfig({ inventory: {}, pairs: [{ id: 'a' }, { id: 'b', inventory: false }] });
    expect(left.pairs.filter((pair) => hasInventory(left, pair)).map(({ id }) => id)).toEqual(['a']);
  });

  test('both sides list every version under the prefix of the rule, in Parquet, into a bucket of their own account', () => {
    const [source, destination] = (['source', 'destination'] as const).map((side) =>
      inventoryOf(config, documents as never, side),
    );

    expect(source).toEqual({
      id: 'backups-documents',
      enabled: true,
      includedObjectVersions: 'All',
      scheduleFrequency: 'Daily',
      prefix: 'in/',
      optionalFields: Object.keys(INVENTORY_FIELDS),
      destination: {
        bucketArn: 'arn:aws:s3:::backups-inventory-111111111111-ap-southeast-2-an',
        bucketAccountId: '111111111111',
        format: 'Parquet',
        prefix: 'source',
      },
    });
    expect(destination).toEqual({
      ...source,
      destination: {
        bucketArn: 'arn:aws:s3:::backups-inventory-222222222222-us-west-2-an',
        bucketAccountId: '222222222222',
        format: 'Parquet',
        prefix: 'replicas',
      },
    });
    expect(REPORT_COLUMNS).toEqual(expect.arrayContaining(['key', 'version_id', 'is_delete_marker', 'replication_status']));
  });

  test('reports about the source are below the same key in both accounts, beside those about replicas', () => {
    const { source, replicated, destination } = reportsOf(config, documents as never);

    expect(source.prefix).toBe('source/backups-documents-111111111111-ap-southeast-2-an/backups-documents/');
    expect(replicated).toEqual({ bucket: inventoryBucket(config, 'destination'), prefix: source.prefix });
    expect(destination).toEqual({
      bucket: inventoryBucket(config, 'destination'),
      prefix: 'replicas/backups-documents-222222222222-us-west-2-an/backups-documents/',
    });
  });

  test('one pair keeps the reports of each group, and is replicated like any other', () => {
    const grouped = validConfig({
      inventory: {},
      pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }, { id: 'c', group: 'archive' }],
    });
    const keepers = groupsOf(grouped).map((group) => group.pairs.filter(({ reportDays }) => reportDays !== undefined));

    expect(keepers.map((pairs) => pairs.map(({ id }) => id))).toEqual([['inventory'], ['inventory-archive']]);
    const [, , archived] = grouped.pairs;
    expect(reportsOf(grouped, archived as never).source.bucket).toEqual(keepers[1]?.[0]?.names.sourceBucket);
    expect(keepers[1]?.[0]?.names.replicationRole.name).toBe('backups-inventory-archive-replication-ap-southeast-2');
  });

  test('S3 alone writes reports: for these buckets, into their folder, and so that the owner of the bucket owns them', () => {
    expect(reportBucketStatements(config, 'destination')).toEqual([
      {
        Sid: 'WriteReports',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: ['s3:PutObject'],
        Resource: ['arn:aws:s3:::backups-inventory-222222222222-us-west-2-an/replicas/*'],
        Condition: {
          ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::backups-documents-222222222222-us-west-2-an'] },
          StringEquals: { 'aws:SourceAccount': '222222222222', 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ]);
  });

  test('the owner of a replica key gets a statement for each group to add', () => {
    const shared = validConfig({
      inventory: {},
      destination: { keyArn: OWNED_KEY },
      pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }],
    });
    const [key] = ownedElsewhere(shared);

    expect(key?.statements.map(({ Sid: sid }) => sid)).toEqual(
      expect.arrayContaining(['EncryptReportsXbackups', 'EncryptReportsXbackupsXarchive']),
    );
  });
});

function problemsOf(value: object): string[] {
  try {
    parseConfig({ origin: 'test', value });
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(
      ({ path, found, remedy }) => `${path}: ${remedy}${path === 'pairs' ? ` (${String(found)})` : ''}`,
    );
  }
}

describe('refused is', () => {
  test.each<[string, object, string]>([
    [
      'a pair called as the pair of reports',
      { inventory: {}, pairs: [{ id: 'inventory' }] },
      'pairs[0].id: with inventory the pair of its reports has this id; write another id',
    ],
    [
      'an inventory of no pair',
      { inventory: {}, pairs: [OWNED_SOURCE] },
      'inventory: no pair has an inventory: buckets that exist already have one only where the pair says so; write "inventory": true for a pair',
    ],
    [
      'a pair with an inventory without how often',
      { pairs: [{ id: 'a' }, { id: 'b', inventory: true }] },
      'pairs[1].inventory: how often is missing; write "inventory": { "frequency": "Daily" } beside pairs',
    ],
    [
      'a deployment whose name is too long for one more bucket',
      { deployment: 'a-name-that-is-longer-yet', inventory: {}, pairs: [{ id: 'a' }] },
      'inventory: the buckets of reports are named after "a-name-that-is-longer-yet-inventory", which has 35 characters, and a bucket name in these regions leaves 32; write a shorter deployment, or remove inventory',
    ],
    ['another frequency', { inventory: { frequency: 'Hourly' } }, 'inventory.frequency: write one of Daily, Weekly'],
    [
      'reports that go before the next ones come',
      { inventory: { reportDays: 13 } },
      'inventory.reportDays: write days as a whole number from 14 to 36500',
    ],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  test('a group in which the pair of reports would have the name of another', () => {
    expect(problemsOf({ inventory: {}, pairs: [{ id: 'inventory-archive' }, { id: 'b', group: 'archive' }] })).toEqual([
      expect.stringMatching(/^pairs\[1\]\.group: .* write another group$/),
    ]);
  });

  test('a group whose name is too long for the buckets of its reports', () => {
    expect(problemsOf({ inventory: {}, pairs: [{ id: 'a', group: 'a-name-that-is-longer-yet' }] })).toEqual([
      expect.stringMatching(
        /^pairs\[0\]\.group: bucket backups-inventory-a-name-that-is-longer-yet-.* shorten the group or the deployment$/,
      ),
    ]);
  });
});

test('the pair of reports takes its room in the key policy before others, and is not counted as one', () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `pair-${index}` }));
  const roomFor = (keys: object) => {
    const [problem = ''] = problemsOf({ ...keys, pairs: pairs(70) });
    return { room: Number(/the first (\d+) of these/.exec(problem)?.[1]), problem };
  };
  const [before, after] = [roomFor({}), roomFor({ inventory: {} })];

  expect(after.problem).toContain('(70 pairs)');
  expect(after.room).toBeLessThan(before.room);
  expect(problemsOf({ inventory: {}, pairs: pairs(after.room) })).toEqual([]);
});
