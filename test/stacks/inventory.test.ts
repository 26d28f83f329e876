import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../helpers/app';
import { placesIn, propertiesOf, stringsIn } from '../helpers/templates';

const INVENTORY = { inventory: {}, pairs: [{ id: 'documents' }] };

/** Ids of resources of a type by the end of the bucket's name. */
function bucketIds(side: 'source' | 'destination', keys: object): Record<string, string> {
  const found = templates({ ...keys })[side].findResources('AWS::S3::Bucket');
  return Object.fromEntries(
    Object.entries(found).map(([id, { Properties }]) => [String(Properties.BucketName).split('-')[1], id]),
  );
}

test('without the key no template has a word of it', () => {
  const texts = Object.values(templates()).flatMap((one) => [
    ...stringsIn(one?.toJSON()),
    ...placesIn(one?.toJSON()).map(({ path }) => path.at(-1) ?? ''),
  ]);

  expect(texts.filter((text) => /inventor|report/i.test(text))).toEqual([]);
});

describe('with an inventory', () => {
  const { source, destination } = templates(INVENTORY);

  test.each([
    ['source', source, 'source', '111111111111-ap-southeast-2-an'],
    ['destination', destination, 'replicas', '222222222222-us-west-2-an'],
  ] as const)(
    'the bucket of the %s reports into the bucket of its own account, which is there before',
    (side, its, folder, suffix) => {
      its.hasResource('AWS::S3::Bucket', {
        Properties: Match.objectLike({
          BucketName: `backups-documents-${suffix}`,
          InventoryConfigurations: [
            Match.objectLike({
              Id: 'backups-documents',
              Destination: {
                BucketArn: `arn:aws:s3:::backups-inventory-${suffix}`,
                BucketAccountId: suffix.slice(0, 12),
                Format: 'Parquet',
                Prefix: folder,
              },
            }),
          ],
        }),
        DependsOn: Match.arrayWith([bucketIds(side, INVENTORY)['inventory'] ?? '']),
      });
    },
  );

  test('the bucket of the reports itself has no inventory', () => {
    template('source').hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'backups-inventory-111111111111-ap-southeast-2-an',
      InventoryConfigurations: Match.absent(),
    });
  });

  test('reports of both sides are deleted after the configured days, with the versions that expiry leaves', () => {
    for (const side of ['source', 'destination'] as const) {
      template(side, { inventory: { reportDays: 90 } }).hasResourceProperties('AWS::S3::Bucket', {
        BucketName: Match.stringLikeRegexp('^backups-inventory-'),
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            { Id: 'ExpireReports', ExpirationInDays: 90, Status: 'Enabled' },
            Match.objectLike({ Id: 'DeleteExpiredReports', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
          ]),
        },
      });
    }
  });

  test('reports of the source are replicated by a rule of their own, into their folder alone', () => {
    const [bucket] = propertiesOf(source, 'AWS::S3::Bucket').filter(({ BucketName }) => BucketName.includes('-inventory-'));

    expect(bucket?.ReplicationConfiguration).toMatchObject({
      Role: 'arn:aws:iam::111111111111:role/backups-inventory-replication-ap-southeast-2',
      Rules: [
        {
          Id: 'backups-inventory',
          Filter: { Prefix: 'source/' },
          Destination: { Bucket: 'arn:aws:s3:::backups-inventory-222222222222-us-west-2-an', Account: '222222222222' },
        },
      ],
    });
    const role = propertiesOf(source, 'AWS::IAM::Role').find(({ RoleName }) => RoleName.includes('-inventory-replication'));
    expect(role?.Policies[0]?.PolicyDocument.Statement.find(({ Sid }) => Sid === 'WriteReplicas')?.Resource).toBe(
      'arn:aws:s3:::backups-inventory-222222222222-us-west-2-an/source/*',
    );
  });
});

test('a source bucket that is owned elsewhere gets its inventory from the function, after the rule, and keeps its policy until it is gone', () => {
  const keys = { inventory: {}, pairs: [{ id: 'invoices', inventory: true, sourceBucket: { name: 'acme-invoices' } }] };
  const found = template('source', keys);
  const [[id, resource] = []] = Object.entries(found.findResources('Custom::S3Inventory'));
  const [access] = Object.entries(found.findResources('AWS::IAM::Policy')).filter(([name]) => name.includes('InventoryAccess'));

  expect(resource?.['DependsOn']).toEqual(
    expect.arrayContaining([
      access?.[0],
      ...Object.keys(found.findResources('Custom::S3ReplicationRule')),
      bucketIds('source', keys)['inventory'],
    ]),
  );
  expect(JSON.parse(resource?.['Properties'].Inventory as string)).toMatchObject({
    bucket: 'acme-invoices',
    inventory: { Id: 'backups-invoices', IsEnabled: true },
  });
  expect(access?.[1]['Properties'].PolicyDocument.Statement).toEqual([
    {
      Sid: 'ConfigureInventory',
      Effect: 'Allow',
      Action: ['s3:GetInventoryConfiguration', 's3:PutInventoryConfiguration'],
      Resource: 'arn:aws:s3:::acme-invoices',
    },
  ]);
  expect(id).toContain('acmeinvoices');
});

test('nothing is written into a replica bucket that is owned elsewhere: its owner makes the inventory', () => {
  const keys = { inventory: {}, pairs: [{ id: 'documents', inventory: true, replicaBucket: { name: 'acme-backup' } }] };
  const found = template('destination', keys);

  expect(Object.keys(bucketIds('destination', keys))).toEqual(['inventory']);
  found.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Sid: 'WriteReports',
          Condition: Match.objectLike({ ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::acme-backup'] } }),
        }),
      ]),
    },
  });
});

function template(side: 'source' | 'destination', keys: object = INVENTORY) {
  return templates({ ...keys })[side];
}
