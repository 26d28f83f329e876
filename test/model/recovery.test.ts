import { batchStatements } from '../../lib/model/batch-statements';
import type { DeployedPair } from '../../lib/model/deployment';
import { recoveryStatements, roleStatements } from '../../lib/model/policies';
import { isRecoveryTarget, recoveryPermissions, recoveryPlaces } from '../../lib/model/recovery';
import { validConfig } from '../helpers/config';

const SOURCE = 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an';
const REPLICA = 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an';
const REPORTS = 'arn:aws:s3:::backups-backfill-111111111111-ap-southeast-2-an';
const KEYS = {
  source: 'arn:aws:kms:ap-southeast-2:111111111111:key/source',
  replica: 'arn:aws:kms:us-west-2:222222222222:key/replica',
};

const READ = ['s3:GetObject', 's3:GetObjectTagging', 's3:GetObjectVersion', 's3:GetObjectVersionTagging'];

function permissionsOf(keys: Record<string, unknown>, id = 'documents') {
  const config = validConfig(keys);
  return config.pairs
    .filter((pair) => pair.id === id)
    .flatMap(({ names }) => recoveryPermissions(config, names, recoveryPlaces(config, names, KEYS)));
}

const throughS3 = (region: string, ...contexts: string[]) => ({
  StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
  StringLike: { 'kms:EncryptionContext:aws:s3:arn': contexts },
});

test('a recovery role reads replicas of its pair, and writes into the source bucket of its pair', () => {
  expect(roleStatements(permissionsOf({ recovery: { batch: true } }))).toStrictEqual([
    { Sid: 'ReadReplicas', Effect: 'Allow', Action: READ, Resource: [`${REPLICA}/*`] },
    {
      Sid: 'DecryptReplicas',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [KEYS.replica],
      Condition: throughS3('us-west-2', REPLICA, `${REPLICA}/*`),
    },
    {
      Sid: 'WriteSource',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:PutObjectTagging'],
      Resource: [`${SOURCE}/*`],
      Condition: { StringEquals: { 's3:ResourceAccount': '111111111111' } },
    },
    {
      Sid: 'EncryptSource',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [KEYS.source],
      Condition: throughS3('ap-southeast-2', SOURCE, `${SOURCE}/*`),
    },
    {
      Sid: 'ReadLists',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: [`${REPORTS}/restore-manifests/documents/*`],
    },
    { Sid: 'WriteReports', Effect: 'Allow', Action: ['s3:PutObject'], Resource: [`${REPORTS}/restore-reports/documents/*`] },
  ]);
});

test('with a prefix of targets, also into buckets of the account whose names start so, with any key that S3 uses for them', () => {
  const rows = permissionsOf({ recovery: { batch: true, targetPrefix: 'rescue-' } });
  const more = rows.filter(({ sid }) => sid.endsWith('Targets'));

  expect(roleStatements(more)).toStrictEqual([
    {
      Sid: 'WriteTargets',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:PutObjectTagging'],
      Resource: ['arn:aws:s3:::rescue-*/*'],
      Condition: { StringEquals: { 's3:ResourceAccount': '111111111111' } },
    },
    {
      Sid: 'EncryptTargets',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: ['arn:aws:kms:ap-southeast-2:111111111111:key/*'],
      Condition: throughS3('ap-southeast-2', 'arn:aws:s3:::rescue-*'),
    },
  ]);
});

test.each<[string, object, string[] | undefined]>([
  ['with the keys of its owner', { keyArns: ['arn:aws:kms:ap-southeast-2:111111111111:key/theirs'] }, ['theirs']],
  ['without keys', {}, undefined],
])('a source bucket that is owned elsewhere, %s, is written with these', (_, keys, ids) => {
  const pairs = [{ id: 'documents', sourceBucket: { name: 'acme-documents', ...keys } }];
  const encrypt = permissionsOf({ recovery: { batch: true }, pairs }).find(({ sid }) => sid === 'EncryptSource');

  expect(encrypt?.resources.map((arn) => arn.replace(/.*\//, ''))).toStrictEqual(ids);
});

test('every row says why, with a page of AWS', () => {
  for (const { why, page } of permissionsOf({ recovery: { batch: true, targetPrefix: 'rescue-' } })) {
    expect(why).not.toBe('');
    expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});

test.each([
  ['the source bucket of the pair', 'backups-documents-111111111111-ap-southeast-2-an', true],
  ['a bucket whose name starts with the prefix', 'rescue-2026', true],
  ['a bucket that has the prefix further on', 'my-rescue-2026', false],
  ['the source bucket of another pair', 'backups-photos-111111111111-ap-southeast-2-an', false],
])('is for %s', (_, bucket, expected) => {
  const config = validConfig({
    recovery: { batch: true, targetPrefix: 'rescue-' },
    pairs: [{ id: 'documents' }, { id: 'photos' }],
  });
  const [pair] = config.pairs;

  expect(pair && isRecoveryTarget(config, pair.names, bucket)).toBe(expected);
});

test('the policies of the backup account admit nobody without the option', () => {
  const config = validConfig();
  const [pair] = config.pairs as [DeployedPair];

  expect(recoveryStatements(config, pair.names, 'replicaBucket')).toEqual([]);
});

test('a role that somebody made needs the same for one target, and the policies of the backup account pin it', () => {
  const config = validConfig();
  const [pair] = config.pairs as [DeployedPair];
  const role = 'arn:aws:iam::111111111111:role/recovery-batch';
  const target = { name: 'rescue-111111111111', region: 'eu-west-1' };
  const [own, bucket, key] = batchStatements(config, pair, { role, bucket: 'recovery-batch', target });

  expect(own?.statements.map(({ Sid, Resource }) => [Sid, ...Resource])).toEqual([
    ['ReadReplicas', `${REPLICA}/*`],
    ['DecryptReplicas', 'arn:aws:kms:us-west-2:222222222222:key/REPLICA_KEY_ID'],
    ['WriteTarget', 'arn:aws:s3:::rescue-111111111111/*'],
    ['EncryptTarget', 'arn:aws:kms:eu-west-1:111111111111:key/TARGET_KEY_ID'],
    ['ReadLists', 'arn:aws:s3:::recovery-batch/restore-manifests/documents/*'],
    ['WriteReports', 'arn:aws:s3:::recovery-batch/restore-reports/documents/*'],
  ]);
  expect(bucket).toEqual({
    policy: 'replica bucket',
    arn: REPLICA,
    statements: [
      {
        Sid: 'BatchReadReplicas',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: READ,
        Resource: [`${REPLICA}/*`],
        Condition: { ArnEquals: { 'aws:PrincipalArn': role } },
      },
    ],
  });
  expect(key?.statements).toMatchObject([
    {
      Sid: 'BatchDecryptReplicas',
      Action: ['kms:Decrypt'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'aws:PrincipalArn': role } },
    },
  ]);
});
