import { Template } from 'aws-cdk-lib/assertions';
import { namesOf } from '../../lib/model/names';
import { replicationStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { remembered } from '../helpers/remembered';
import { keyArnIn, type PolicyStatement, propertiesOf, recordedKey } from '../helpers/templates';

/*
 * What one side uses of the other must exist there. All of it is read from the two templates: nothing else joins the sides, and
 * a name that each of them spells in its own way would deploy well and never replicate.
 */

interface Case {
  readonly partition: string;
  readonly keys: Record<string, unknown>;
}

const THROUGH_OUTPUT: [string, Case][] = [
  ['one pair', { partition: 'aws', keys: {} }],
  [
    'several pairs',
    { partition: 'aws', keys: { pairs: [{ id: 'a' }, { id: 'team-photos' }, { id: 'logs', bucketKeys: false }] } },
  ],
  ['the global namespace', { partition: 'aws', keys: { bucketNamespace: 'global', pairs: [{ id: 'a' }, { id: 'b' }] } }],
  [
    'other accounts and regions',
    {
      partition: 'aws',
      keys: {
        deployment: 'vault',
        source: { account: '333333333333', region: 'eu-west-1' },
        destination: { account: '222222222222', region: 'eu-central-1' },
      },
    },
  ],
  ['China', { partition: 'aws-cn', keys: { source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } } }],
];

const THROUGH_RECORD: [string, Case][] = [
  ['a recorded key', { partition: 'aws', keys: { keyExchange: 'ssm', deployment: 'vault', pairs: [{ id: 'a' }, { id: 'b' }] } }],
  [
    'a recorded key in GovCloud',
    {
      partition: 'aws-us-gov',
      keys: { keyExchange: 'ssm', source: { region: 'us-gov-west-1' }, destination: { region: 'us-gov-east-1' } },
    },
  ],
];

/** Both sides as they are deployed, and from the source: who replicates what to where. */
const deployed = remembered(({ partition, keys }: Case) => {
  const stacks = replicationStacks(keys, recordedKey(keys).context);
  const [source, destination] = [Template.fromStack(stacks.source), Template.fromStack(stacks.destination)];
  const bucketArn = (name: string) => `arn:${partition}:s3:::${name}`;
  const roleArn = (account: string, name: string) => `arn:${partition}:iam::${account}:role/${name}`;
  const roles = propertiesOf(source, 'AWS::IAM::Role').map(({ RoleName, Policies }) => ({
    arn: roleArn(stacks.source.account, RoleName),
    statements: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  }));
  const replications = propertiesOf(source, 'AWS::S3::Bucket').flatMap(({ BucketName, ReplicationConfiguration }) =>
    ReplicationConfiguration.Rules.map(({ Destination }) => ({
      sourceBucket: bucketArn(BucketName),
      role: ReplicationConfiguration.Role,
      /** What the role may do to one kind of resource. */
      may: (sid: string) =>
        roles.find(({ arn }) => arn === ReplicationConfiguration.Role)?.statements.find(({ Sid }) => Sid === sid),
      replicaBucket: Destination.Bucket,
      account: Destination.Account,
      replicaKey: Destination.EncryptionConfiguration.ReplicaKmsKeyID,
    })),
  );
  const replicaBuckets = propertiesOf(destination, 'AWS::S3::Bucket').map(({ BucketName }) => bucketArn(BucketName));
  return { stacks, source, destination, roles, replications, replicaBuckets, bucketArn, roleArn };
});

/** Of a resource policy, the statements that admit the role, as its own policy would have to spell them. */
function admissions(statements: readonly PolicyStatement[], role: string) {
  return statements
    .filter(({ Condition }) => Condition?.['ArnEquals']?.['aws:PrincipalArn'] === role)
    .map(({ Action, Resource, Principal, Condition }) => ({
      Action,
      Resource,
      Principal,
      condition: Object.fromEntries(Object.entries(Condition ?? {}).filter(([operator]) => operator !== 'ArnEquals')),
    }));
}

/** The conditions of the use of a key by S3 in one region, for one bucket. */
const throughS3 = (region: string, bucket: string) => ({
  StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
  StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket, `${bucket}/*`] },
});

/** The values of a stack's SSM parameters. */
function publishedBy(template: Template): unknown[] {
  return propertiesOf(template, 'AWS::SSM::Parameter').map(({ Value }) => Value);
}

describe.each([...THROUGH_OUTPUT, ...THROUGH_RECORD])('with %s', (_, given) => {
  test('every rule writes to a bucket of the destination, and every bucket of the destination has a rule', () => {
    const { replications, replicaBuckets, stacks } = deployed(given);
    expect(replications.map(({ replicaBucket }) => replicaBucket)).toEqual(replicaBuckets);
    expect(new Set(replications.map(({ account }) => account))).toEqual(new Set([stacks.destination.account]));
  });

  test('every rule has a role of its own in the source, and every role a rule', () => {
    const { replications, roles } = deployed(given);
    expect(replications.map(({ role }) => role)).toEqual(roles.map(({ arn }) => arn));
    expect(new Set(roles.map(({ arn }) => arn)).size).toBe(replications.length);
  });

  test('the policy of each replica bucket admits the role whose rule writes there, to what the role may do', () => {
    const { replications, destination, stacks, bucketArn, roleArn } = deployed(given);
    const principal = { AWS: roleArn(stacks.source.account, '').replace('role/', 'root') };
    const policies = propertiesOf(destination, 'AWS::S3::BucketPolicy').map(({ Bucket, PolicyDocument }) => ({
      bucket: bucketArn(String(destination.findResources('AWS::S3::Bucket')[Bucket.Ref]?.['Properties'].BucketName)),
      allowed: PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow'),
    }));
    expect(policies).toHaveLength(replications.length);
    for (const { replicaBucket, role, may } of replications) {
      const allowed = policies.find(({ bucket }) => bucket === replicaBucket)?.allowed ?? [];
      const { Action, Resource } = may('WriteReplicas') ?? {};
      expect(Resource).toBe(`${replicaBucket}/*`);
      expect(admissions(allowed, role)).toEqual([{ Action, Resource, Principal: principal, condition: {} }]);
      expect(allowed).toHaveLength(1);
    }
  });

  test('the policy of the replica key admits each role, to what the role may do, and to nobody else of the source', () => {
    const { replications, destination, stacks, roleArn } = deployed(given);
    const principal = { AWS: roleArn(stacks.source.account, '').replace('role/', 'root') };
    const statements = propertiesOf(destination, 'AWS::KMS::Key').flatMap(({ KeyPolicy }) => KeyPolicy.Statement);
    for (const { role, may, replicaKey } of replications) {
      const { Action, Resource, Condition } = may('EncryptReplicas') ?? {};
      expect(Resource).toEqual(replicaKey);
      expect(admissions(statements, role)).toEqual([{ Action, Resource: '*', Principal: principal, condition: Condition }]);
    }
    const own = { AWS: roleArn(stacks.destination.account, '').replace('role/', 'root') };
    expect(statements.filter(({ Principal }) => JSON.stringify(Principal) !== JSON.stringify(own))).toHaveLength(
      replications.length,
    );
  });

  test("each role uses each key through S3 in the key's region, for the bucket that the key encrypts", () => {
    const { replications, source, stacks } = deployed(given);
    expect(replications.length).toBeGreaterThan(0);
    for (const { may, sourceBucket, replicaBucket } of replications) {
      expect(may('DecryptSourceObjects')).toMatchObject({
        Resource: keyArnIn(source),
        Condition: throughS3(stacks.source.region, sourceBucket),
      });
      expect(may('EncryptReplicas')?.Condition).toEqual(throughS3(stacks.destination.region, replicaBucket));
    }
  });

  test('each role reads the bucket whose rule names it', () => {
    const { replications } = deployed(given);
    expect(replications.map(({ may }) => may('ReadReplicationConfiguration')?.Resource)).toEqual(
      replications.map(({ sourceBucket }) => sourceBucket),
    );
    expect(replications.map(({ may }) => may('ReadSourceVersions')?.Resource)).toEqual(
      replications.map(({ sourceBucket }) => `${sourceBucket}/*`),
    );
  });

  test('the SSM parameters of both sides hold the ARNs of what is there', () => {
    const { source, destination, replications, replicaBuckets } = deployed(given);
    expect(publishedBy(destination)).toEqual([keyArnIn(destination), ...replicaBuckets]);
    expect(publishedBy(source)).toEqual([
      keyArnIn(source),
      ...replications.flatMap(({ sourceBucket, role }) => [sourceBucket, role]),
    ]);
  });
});

describe.each(THROUGH_OUTPUT)('with %s', (_, given) => {
  test('the output that the source reads is in the destination stack and holds the key that encrypts the replicas', () => {
    const { replications, destination, stacks } = deployed(given);
    expect(replications.length).toBeGreaterThan(0);
    for (const replication of replications) {
      const { StackName, OutputName, Region } = reference(replication.replicaKey);
      expect([StackName, Region]).toEqual([stacks.destination.stackName, stacks.destination.region]);
      expect(destination.findOutputs(OutputName)).toMatchObject({
        [OutputName]: { Value: keyArnIn(destination) },
      });
    }
  });

  test('the role that reads it is in the destination, may read that stack and trusts what deploys the source', () => {
    const { replications, destination, stacks, roleArn } = deployed(given);
    const readers = propertiesOf(destination, 'AWS::IAM::Role').map(({ RoleName, Policies, AssumeRolePolicyDocument }) => ({
      arn: roleArn(stacks.destination.account, RoleName),
      reads: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(({ Resource }) => Resource)),
      trusts: AssumeRolePolicyDocument.Statement.map(({ Condition }) => Condition?.['ArnEquals']?.['aws:PrincipalArn']),
    }));
    const { stackName, account, region } = stacks.destination;
    expect(readers).toEqual([
      {
        arn: reference(replications[0]?.replicaKey).RoleArn,
        reads: [`arn:${given.partition}:cloudformation:${region}:${account}:stack/${stackName}/*`],
        trusts: [stacks.source.synthesizer.cloudFormationExecutionRole?.replace('${AWS::Partition}', given.partition)],
      },
    ]);
  });
});

describe.each(THROUGH_RECORD)('with %s', (_, given) => {
  test('the source uses what was recorded, and the destination publishes it where `s3-replication exchange` reads', () => {
    const { replications, destination } = deployed(given);
    const { arn } = recordedKey(given.keys);
    expect(new Set(replications.map(({ replicaKey }) => replicaKey))).toEqual(new Set([arn]));
    destination.hasResourceProperties('AWS::SSM::Parameter', {
      Name: namesOf(validConfig(given.keys)).destination.keyParameter,
      Value: keyArnIn(destination),
    });
  });
});

function reference(replicaKey: unknown) {
  type Reference = Record<'StackName' | 'OutputName' | 'Region' | 'RoleArn', string>;
  return (replicaKey as { 'Fn::GetStackOutput': Reference })['Fn::GetStackOutput'];
}
