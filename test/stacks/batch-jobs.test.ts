import { Match, type Template } from 'aws-cdk-lib/assertions';
import { backfillPermissions } from '../../lib/model/backfill';
import type { DeployedPair } from '../../lib/model/deployment';
import { roleStatements } from '../../lib/model/policies';
import { recoveryPermissions, recoveryPlaces } from '../../lib/model/recovery';
import { templates } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { propertiesOf, recordedKey } from '../helpers/templates';

const PAIRS = [{ id: 'documents' }, { id: 'photos' }];

type Resources = Readonly<Record<string, { readonly Type: string }>>;

const sourceOf = (keys: Record<string, unknown>): Template =>
  templates({ keyExchange: 'ssm', ...keys }, recordedKey(keys).context).source;
const resourcesOf = (keys: Record<string, unknown>) => sourceOf(keys).toJSON()['Resources'] as Resources;
const isOfBackfill = ([id]: readonly [string, unknown]) => id.startsWith('Backfill');

/** IAM's JSON where a list of one is that one. */
const terse = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : values);

describe('backfill', () => {
  test('adds a report bucket, its policy and a role for each pair to the source stack, and changes nothing else', () => {
    const resources = Object.entries(resourcesOf({ backfill: true, pairs: PAIRS }));

    expect(resources.filter(isOfBackfill).map(([, { Type: type }]) => type)).toEqual([
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
    ]);
    expect(Object.fromEntries(resources.filter((entry) => !isOfBackfill(entry)))).toEqual(resourcesOf({ pairs: PAIRS }));
  });

  test('leaves every other stack as it is', () => {
    const { source: _with, ...others } = templates({ backfill: true });
    const { source: _without, ...same } = templates({});

    expect(Object.values(others).map((template) => template.toJSON() as unknown)).toEqual(
      Object.values(same).map((template) => template.toJSON() as unknown),
    );
  });

  test('is not there unless the configuration says so', () => {
    expect(Object.entries(resourcesOf({})).filter(isOfBackfill)).toEqual([]);
  });
});

describe('recovery.batch', () => {
  const recovery = { recovery: { batch: true, targetPrefix: 'rescue-' } };

  test('adds a report bucket, its policy and a role for each pair to the source stack, and changes nothing else there', () => {
    const resources = Object.entries(resourcesOf({ ...recovery, pairs: PAIRS }));

    expect(resources.filter(isOfBackfill).map(([, { Type: type }]) => type)).toEqual([
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
    ]);
    expect(Object.fromEntries(resources.filter((entry) => !isOfBackfill(entry)))).toEqual(resourcesOf({ pairs: PAIRS }));
  });

  test('has the report bucket of backfill, whichever came first', () => {
    const ids = (keys: Record<string, unknown>) => Object.keys(resourcesOf(keys)).filter((id) => id.startsWith('BackfillReport'));

    expect(ids(recovery)).toHaveLength(2);
    expect(ids(recovery)).toEqual(ids({ backfill: true }));
    expect(ids({ ...recovery, backfill: true })).toEqual(ids(recovery));
  });

  test('makes a role that S3 Batch Operations alone assumes, with what the table says for its pair', () => {
    const config = validConfig(recovery);
    const { names } = config.pairs[0] as DeployedPair;
    const statements = roleStatements(
      recoveryPermissions(config, names, recoveryPlaces(config, names, { source: '', replica: '' })),
    );
    const [role] = propertiesOf(sourceOf(recovery), 'AWS::IAM::Role').filter(({ RoleName: name }) => name.includes('recovery'));

    expect(role).toMatchObject({
      RoleName: 'backups-documents-recovery-ap-southeast-2',
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'batchoperations.s3.amazonaws.com' } }] },
    });
    expect(
      role?.Policies.flatMap(({ PolicyDocument: policy }) => policy.Statement.map(({ Sid, Action }) => [Sid, Action])),
    ).toEqual(statements.map(({ Sid, Action }) => [Sid, terse(Action)]));
  });

  test('admits the role in the policies of the replica bucket and the replica key', () => {
    const { destination } = templates(recovery);
    const admitted = Match.objectLike({
      Condition: Match.objectLike({
        ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/backups-documents-recovery-ap-southeast-2' },
      }),
    });

    destination.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([admitted]) },
    });
    destination.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([admitted]) } });
  });
});

describe('a backfill role', () => {
  test.each([
    ['aws', {}],
    ['aws-cn', { source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } }],
  ])('is trusted to S3 Batch Operations alone, without a condition, in partition %s', (_, keys) => {
    templates({ backfill: true, ...keys }).source.hasResourceProperties('AWS::IAM::Role', {
      RoleName: Match.stringLikeRegexp('^backups-documents-backfill-'),
      AssumeRolePolicyDocument: Match.objectEquals({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'batchoperations.s3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
  });

  test.each(['documents', 'photos'])('may do what the table says for its pair %s, and nothing else', (pair) => {
    const config = validConfig({ backfill: true, pairs: PAIRS });
    const statements = config.pairs
      .filter(({ id }) => id === pair)
      .flatMap(({ names }) => roleStatements(backfillPermissions(config, names)));
    const template = sourceOf({ backfill: true, pairs: PAIRS });

    template.hasResourceProperties(
      'AWS::IAM::Role',
      Match.objectEquals({
        RoleName: `backups-${pair}-backfill-ap-southeast-2`,
        Description: Match.anyValue(),
        AssumeRolePolicyDocument: Match.anyValue(),
        Policies: [
          {
            PolicyName: 'Backfill',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: statements.map((statement) => ({
                ...statement,
                Action: terse(statement.Action),
                Resource: terse(statement.Resource),
              })),
            },
          },
        ],
      }),
    );
  });
});

describe('the report bucket', () => {
  const NAME = 'backups-backfill-111111111111-ap-southeast-2-an';

  test('is private, without ACLs and versions, and encrypted with keys of S3', () => {
    sourceOf({ backfill: true }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: NAME,
      BucketNamespace: 'account-regional',
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: Match.absent(),
    });
  });

  test('keeps everything for 90 days, and incomplete uploads for seven', () => {
    sourceOf({ backfill: true }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: NAME,
      LifecycleConfiguration: Match.objectEquals({
        Rules: [
          { Id: 'AbortIncompleteUploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          { Id: 'ExpireManifestsAndReports', Status: 'Enabled', ExpirationInDays: 90 },
        ],
      }),
    });
  });

  test('has a policy that grants nothing, and refuses requests without TLS', () => {
    const template = sourceOf({ backfill: true });
    const [id = ''] = Object.keys(template.findResources('AWS::S3::Bucket', { Properties: { BucketName: NAME } }));
    const [policy] = propertiesOf(template, 'AWS::S3::BucketPolicy').filter(({ Bucket }) => Bucket.Ref === id);

    expect(policy?.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: [{ 'Fn::GetAtt': [id, 'Arn'] }, { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, '/*']] }],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  test('is retained like the other buckets, and destroyed like them', () => {
    const demo = { deployment: 'x-demo', removal: 'destroy', backfill: true };

    sourceOf({ backfill: true }).hasResource('AWS::S3::Bucket', {
      Properties: { BucketName: NAME },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    templates(demo).source.hasResource('AWS::S3::Bucket', {
      Properties: { BucketName: 'x-demo-backfill-111111111111-ap-southeast-2-an' },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  test('is in the global namespace where the configuration says so', () => {
    sourceOf({ backfill: true, bucketNamespace: 'global' }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'backups-backfill-111111111111-ap-southeast-2',
      BucketNamespace: Match.absent(),
    });
  });
});
