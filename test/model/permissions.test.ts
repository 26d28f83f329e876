import type { Deployment } from '../../lib/model/deployment';
import { namesOf, type PairNames, replicaKeyArn } from '../../lib/model/names';
import { type Permission, REPLICATION_SERVICE, replicationPermissions } from '../../lib/model/permissions';
import { replicaBucketStatements, replicaKeyStatements, roleStatements, type Statement } from '../../lib/model/policies';
import { validConfig } from '../helpers/config';

const SOURCE_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/source-key';
const REPLICA_KEY = 'arn:aws:kms:us-west-2:222222222222:key/replica-key';
const SOURCE_BUCKET = 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an';
const REPLICA_BUCKET = 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an';
const ROLE = 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2';

const THROUGH_SOURCE_S3 = {
  StringEquals: { 'kms:ViaService': 's3.ap-southeast-2.amazonaws.com' },
  StringLike: { 'kms:EncryptionContext:aws:s3:arn': [SOURCE_BUCKET, `${SOURCE_BUCKET}/*`] },
};
const THROUGH_DESTINATION_S3 = {
  StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
  StringLike: { 'kms:EncryptionContext:aws:s3:arn': [REPLICA_BUCKET, `${REPLICA_BUCKET}/*`] },
};

/** The three documents of one pair. */
function documentsOf(config: Deployment, pair: PairNames, sourceKey: string, replicaKey: string) {
  return {
    pair,
    replicaKey,
    role: roleStatements(replicationPermissions(config, pair, { source: sourceKey, replica: replicaKey })),
    bucket: replicaBucketStatements(config, pair),
    key: replicaKeyStatements(config, pair),
  };
}

function pairsOf(keys: Record<string, unknown>) {
  const config = validConfig(keys);
  return config.pairs
    .map(({ names }) => names)
    .map((pair) => {
      const { region, account } = config.source;
      const sourceKey = `arn:${config.names.partition}:kms:${region}:${account}:key/source-key`;
      return documentsOf(config, pair, sourceKey, replicaKeyArn(config, 'replica-key'));
    });
}

/** Each statement on a key, without the pair in its Sid, and the service that the use has to go through. */
const viaServices = (document: readonly Statement[]) =>
  document
    .filter(({ Action }) => Action.some((action) => action.startsWith('kms:')))
    .map(({ Sid, Condition }) => [Sid.replace(/X.*/, ''), Condition?.['StringEquals']?.['kms:ViaService']]);

const CONFIGURATIONS = [
  { name: 'the defaults', keys: {} },
  { name: 'two pairs', keys: { pairs: [{ id: 'documents' }, { id: 'images', bucketKeys: false, storageClass: 'GLACIER' }] } },
  { name: 'every option', keys: { keyExchange: 'ssm', bucketNamespace: 'global', pairs: [{ id: 'a-b', timeControl: true }] } },
  { name: 'China', keys: { source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } } },
  { name: 'GovCloud', keys: { source: { region: 'us-gov-west-1' }, destination: { region: 'us-gov-east-1' } } },
];

/** A row of the table, but for its words for people. */
function withoutWords({ sid, actions, resources, conditions, writtenIn }: Permission) {
  return { sid, actions, resources, ...(conditions && { conditions }), writtenIn };
}

describe('the table', () => {
  const config = validConfig();
  const tables = config.pairs
    .map(({ names }) => names)
    .map((pair) => replicationPermissions(config, pair, { source: SOURCE_KEY, replica: REPLICA_KEY }));

  test('grants exactly what replication needs', () => {
    expect(tables.map((table) => table.map(withoutWords))).toStrictEqual([
      [
        {
          sid: 'ReadReplicationConfiguration',
          actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
          resources: [SOURCE_BUCKET],
          writtenIn: ['role'],
        },
        {
          sid: 'ReadSourceVersions',
          actions: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
          resources: [`${SOURCE_BUCKET}/*`],
          writtenIn: ['role'],
        },
        {
          sid: 'DecryptSourceObjects',
          actions: ['kms:Decrypt'],
          resources: [SOURCE_KEY],
          conditions: THROUGH_SOURCE_S3,
          writtenIn: ['role'],
        },
        {
          sid: 'WriteReplicas',
          actions: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
          resources: [`${REPLICA_BUCKET}/*`],
          writtenIn: ['role', 'replicaBucket'],
        },
        {
          sid: 'EncryptReplicas',
          actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
          resources: [REPLICA_KEY],
          conditions: THROUGH_DESTINATION_S3,
          writtenIn: ['role', 'replicaKey'],
        },
      ],
    ]);
  });

  test('grants what reads locks where the source has Object Lock, to its own pair alone', () => {
    const locked = validConfig({
      pairs: [{ id: 'a', sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 1 } }, { id: 'b' }],
    });
    const added = locked.pairs
      .map(({ names }) => names)
      .map((pair) =>
        replicationPermissions(locked, pair, { source: SOURCE_KEY, replica: REPLICA_KEY })
          .filter(({ actions }) => actions.some((action) => /Retention|LegalHold/.test(action)))
          .map(withoutWords),
      );

    expect(added).toStrictEqual([
      [
        {
          sid: 'ReadSourceLocks',
          actions: ['s3:GetObjectLegalHold', 's3:GetObjectRetention'],
          resources: ['arn:aws:s3:::backups-a-111111111111-ap-southeast-2-an/*'],
          writtenIn: ['role'],
        },
      ],
      [],
    ]);
  });

  test('is for the service that S3 replicates as', () => {
    expect(REPLICATION_SERVICE).toBe('s3.amazonaws.com');
  });
});

describe('the documents', () => {
  const [documents] = pairsOf({});

  test('the role carries every row, without a principal', () => {
    expect(documents?.role).toStrictEqual([
      {
        Sid: 'ReadReplicationConfiguration',
        Effect: 'Allow',
        Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        Resource: [SOURCE_BUCKET],
      },
      {
        Sid: 'ReadSourceVersions',
        Effect: 'Allow',
        Action: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
        Resource: [`${SOURCE_BUCKET}/*`],
      },
      {
        Sid: 'DecryptSourceObjects',
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: [SOURCE_KEY],
        Condition: THROUGH_SOURCE_S3,
      },
      {
        Sid: 'WriteReplicas',
        Effect: 'Allow',
        Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
        Resource: [`${REPLICA_BUCKET}/*`],
      },
      {
        Sid: 'EncryptReplicas',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        Resource: [REPLICA_KEY],
        Condition: THROUGH_DESTINATION_S3,
      },
    ]);
  });

  test('the replica bucket admits the role to its objects', () => {
    expect(documents?.bucket).toStrictEqual([
      {
        Sid: 'WriteReplicas',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
        Resource: [`${REPLICA_BUCKET}/*`],
        Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
      },
    ]);
  });

  test('the replica key admits the role through S3, for the one bucket', () => {
    expect(documents?.key).toStrictEqual([
      {
        Sid: 'EncryptReplicasXdocuments',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        Resource: ['*'],
        Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE }, ...THROUGH_DESTINATION_S3 },
      },
    ]);
  });
});

describe.each(CONFIGURATIONS)('with $name', ({ keys }) => {
  const pairs = pairsOf(keys);
  const statements: Statement[] = pairs.flatMap(({ role, bucket, key }) => [...role, ...bucket, ...key]);

  test('both halves of each cross-account grant allow the same under the same conditions', () => {
    const identityHalves = pairs.map(({ role, pair, replicaKey }) =>
      role
        .filter(({ Resource }) => Resource.some((arn) => arn === replicaKey || arn.startsWith(pair.replicaBucket.arn)))
        .map(({ Action, Condition }) => ({ Action, Condition: Condition ?? {} })),
    );
    const resourceHalves = pairs.map(({ bucket, key }) =>
      [...bucket, ...key].map(({ Action, Condition: { ArnEquals: _pin, ...Condition } = {} }) => ({ Action, Condition })),
    );

    expect(identityHalves.map((halves) => halves.length)).toStrictEqual(pairs.map(() => 2));
    expect(resourceHalves).toStrictEqual(identityHalves);
  });

  test('the bucket half names the resources that the role half names', () => {
    expect(pairs.map(({ bucket }) => bucket.map(({ Resource }) => Resource))).toStrictEqual(
      pairs.map(({ role }) => role.filter(({ Sid }) => Sid === 'WriteReplicas').map(({ Resource }) => Resource)),
    );
  });

  test('every resource half names the source account and pins the role', () => {
    const { source } = validConfig(keys);
    const { partition } = namesOf(validConfig(keys));
    const halves = pairs.map(({ bucket, key }) =>
      [...bucket, ...key].map(({ Principal, Condition }) => ({ Principal, ArnEquals: Condition?.['ArnEquals'] })),
    );
    const pinned = pairs.map(({ pair }) => ({
      Principal: { AWS: `arn:${partition}:iam::${source.account}:root` },
      ArnEquals: { 'aws:PrincipalArn': pair.replicationRole.arn },
    }));

    expect(halves).toStrictEqual(pinned.map((half) => [half, half]));
  });

  test('no identity half names a principal', () => {
    expect(pairs.flatMap(({ role }) => role).filter((statement) => 'Principal' in statement)).toStrictEqual([]);
  });

  test('every use of a key goes through S3 in the region of that key', () => {
    const { source, destination } = validConfig(keys);

    expect(pairs.map(({ role }) => viaServices(role))).toStrictEqual(
      pairs.map(() => [
        ['DecryptSourceObjects', `s3.${source.region}.amazonaws.com`],
        ['EncryptReplicas', `s3.${destination.region}.amazonaws.com`],
      ]),
    );
    expect(pairs.map(({ key }) => viaServices(key))).toStrictEqual(
      pairs.map(() => [['EncryptReplicas', `s3.${destination.region}.amazonaws.com`]]),
    );
  });

  test('only the listed actions are allowed, none by wildcard', () => {
    expect([...new Set(statements.flatMap(({ Action }) => Action))].toSorted((a, b) => a.localeCompare(b))).toStrictEqual([
      'kms:Decrypt',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersionTagging',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ReplicateDelete',
      's3:ReplicateObject',
      's3:ReplicateTags',
    ]);
  });

  test.each(['s3:PutBucketVersioning', 's3:GetBucketVersioning', 's3:ObjectOwnerOverrideToBucketOwner', 's3:PutObject'])(
    '%s is allowed to nobody',
    (refused) => {
      expect(statements.filter(({ Action }) => Action.includes(refused))).toStrictEqual([]);
    },
  );

  test('the replica bucket cannot be listed, nor acted on other than through its objects', () => {
    const onReplicas = pairs.flatMap(({ pair, role, bucket }) =>
      [...role, ...bucket].filter(({ Resource }) => Resource.some((arn) => arn.startsWith(pair.replicaBucket.arn))),
    );

    expect(onReplicas).toHaveLength(2 * pairs.length);
    expect(onReplicas.flatMap(({ Action }) => Action).filter((action) => action.startsWith('s3:List'))).toStrictEqual([]);
    expect(onReplicas.flatMap(({ Resource }) => Resource).filter((arn) => !arn.endsWith('/*'))).toStrictEqual([]);
  });

  test('the role reaches no resource by a wildcard other than the objects of its own buckets', () => {
    const open = pairs.flatMap(({ pair, role }) =>
      role
        .flatMap(({ Resource }) => Resource)
        .filter((arn) => arn.includes('*'))
        .filter((arn) => ![`${pair.sourceBucket.arn}/*`, `${pair.replicaBucket.arn}/*`].includes(arn)),
    );

    expect(open).toStrictEqual([]);
  });
});

test('in China the service that uses a key still ends in .amazonaws.com', () => {
  const documents = JSON.stringify(pairsOf({ source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } }));

  expect(documents).toContain('"s3.cn-north-1.amazonaws.com"');
  expect(documents).toContain('"s3.cn-northwest-1.amazonaws.com"');
  expect(documents).not.toContain('amazonaws.com.cn');
});

test('the documents of one pair do not mention another', () => {
  const [documents = [], images = []] = pairsOf({ pairs: [{ id: 'documents' }, { id: 'images' }] }).map(
    ({ role, bucket, key }) => [...role, ...bucket, ...key],
  );

  expect(JSON.stringify(documents)).toContain('backups-documents-');
  expect(JSON.stringify(documents)).not.toContain('images');
  expect(JSON.stringify(images)).toContain('backups-images-');
  expect(JSON.stringify(images)).not.toContain('documents');
});

describe('statement ids', () => {
  const pairs = pairsOf({ pairs: ['a-b', 'ab', 'a-b-c', 'a-bc', 'ab-c', 'axb', 'x', '0'].map((id) => ({ id })) });

  test('are unique in the key policy, which serves every pair', () => {
    const sids = pairs.flatMap(({ key }) => key.map(({ Sid }) => Sid));

    expect(sids).toHaveLength(8);
    expect(new Set(sids).size).toBe(sids.length);
  });

  test('are unique in each role and each bucket policy', () => {
    const repeated = pairs
      .flatMap(({ role, bucket }) => [role, bucket])
      .filter((document) => new Set(document.map(({ Sid }) => Sid)).size !== document.length);

    expect(repeated).toStrictEqual([]);
  });

  test('have letters and digits only, which is all that IAM takes', () => {
    const sids = pairs.flatMap(({ role, bucket, key }) => [...role, ...bucket, ...key].map(({ Sid }) => Sid));

    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).toStrictEqual([]);
  });
});
