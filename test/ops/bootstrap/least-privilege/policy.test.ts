import { executionPolicy } from '../../../../lib/ops/bootstrap/least-privilege/policy';
import { PIPELINE, validConfig } from '../../../helpers/config';
import { stringsIn } from '../../../helpers/templates';
import { OWNED_KEY } from '../../../proof/variants';
import { actionsIn, policyFor, statementsIn } from './simulate';

const statementsFor = (keys: Record<string, unknown>) => statementsIn(policyFor(keys));
const actionsFor = (keys: Record<string, unknown>) => actionsIn(policyFor(keys));
const templateWith = (Type: string, Properties: Readonly<Record<string, unknown>>) => ({
  Resources: { It: { Type, Properties } },
});
const actionsOf = (type: string, properties: Readonly<Record<string, unknown>>) =>
  actionsIn(executionPolicy(validConfig(), templateWith(type, properties)));

test('the policy is named after the deployment and the region, in the backup account', () => {
  expect(policyFor({ deployment: 'vault' }).policies).toEqual([
    expect.objectContaining({
      name: 'vault-cdk-execution-us-west-2',
      arn: 'arn:aws:iam::222222222222:policy/vault-cdk-execution-us-west-2',
    }),
  ]);
});

test('its text is the document without whitespace', () => {
  const [policy] = policyFor().policies;
  expect(JSON.parse(policy?.text ?? '')).toEqual(policy?.document);
  expect(policy?.text).not.toMatch(/\s/);
});

test('what exists already needs nothing, and a group that has some of it hides nothing of another one', () => {
  const owned = { id: 'a', replicaBucket: { name: 'acme-backup' } };
  const OWNED = { destination: { keyArn: OWNED_KEY }, pairs: [owned] };
  const mixed = { ...OWNED, pairs: [owned, { id: 'b', group: 'archive' }] };
  const made = ['s3:CreateBucket', 's3:PutBucketPolicy', 'sqs:CreateQueue', 'cloudwatch:PutMetricAlarm'];

  expect(actionsFor(OWNED).filter((action) => /^(s3|kms|sqs|cloudwatch):/.test(action))).toEqual([]);
  expect(actionsFor(mixed)).toEqual(expect.arrayContaining(made));
  expect(JSON.stringify(policyFor(mixed).policies)).not.toContain('alias/backups-destination');
  expect(stringsIn(statementsFor(mixed)).filter((text) => text.includes('acme'))).toEqual([]);
});

test('with a witness it can make its rules and queues, and no others', () => {
  const statements = statementsFor({ witness: true, heartbeat: false });
  expect(statements.find(({ Sid }) => Sid === 'Rules')).toMatchObject({
    Action: expect.arrayContaining(['events:PutRule', 'events:PutTargets', 'events:RemoveTargets', 'events:DeleteRule']),
    Resource: ['arn:aws:events:us-west-2:222222222222:rule/backups-*-witness'],
  });
  expect(statements.find(({ Sid }) => Sid === 'Queues')?.Resource).toEqual([
    'arn:aws:sqs:us-west-2:222222222222:backups-*-witness',
  ]);
  expect(actionsFor({}).filter((action) => action.startsWith('events:'))).toEqual([]);
  const everything = {
    witness: true,
    pipeline: PIPELINE,
    monitoring: { email: 'storage@example.com' },
    tags: { team: 'storage' },
  };
  expect(policyFor(everything).policies[0]?.text.length).toBeLessThanOrEqual(6144);
});

test('a new pair needs no new policy', () => {
  expect(policyFor({ pairs: [{ id: 'a' }, { id: 'b' }] })).toEqual(policyFor({ pairs: [{ id: 'documents' }] }));
});

test('one policy serves every group, and a new group needs no new one', () => {
  const grouped = (...groups: string[]) =>
    policyFor({ pipeline: PIPELINE, pairs: [{ id: 'a' }, ...groups.map((group) => ({ id: `in-${group}`, group }))] });

  expect(grouped('one', 'two')).toEqual(grouped('three'));
  expect(stringsIn(statementsIn(grouped('one')))).toEqual(
    expect.arrayContaining([
      'alias/backups-destination',
      'alias/backups-destination-*',
      'arn:aws:kms:us-west-2:222222222222:alias/backups-destination-*',
      'arn:aws:iam::222222222222:role/backups-exchange-us-west-2',
      'arn:aws:iam::222222222222:role/backups-exchange-us-west-2-*',
      'arn:aws:iam::222222222222:role/backups-verify-replica-us-west-2-*',
    ]),
  );
  const longest = {
    deployment: 'long-deployment-name',
    destination: { region: 'ap-southeast-1' },
    tags: { a: 'b' },
    monitoring: { email: 'storage@example.com' },
  };
  const pairs = [{ id: 'a' }, { id: 'b', group: 'c' }];
  expect(policyFor({ ...longest, pairs, pipeline: PIPELINE }).policies[0]?.text.length).toBeLessThanOrEqual(6144);
});

test('where every pair is in a named group, the names are patterns alone', () => {
  const texts = stringsIn(statementsIn(policyFor({ pairs: [{ id: 'a', group: 'one' }] })));

  expect(texts).toContain('arn:aws:iam::222222222222:role/backups-exchange-us-west-2-*');
  expect(texts).not.toContain('arn:aws:iam::222222222222:role/backups-exchange-us-west-2');
  expect(texts).not.toContain('alias/backups-destination');
});

test('every wildcard that is wider than the deployment is listed with its reason', () => {
  const wide = statementsFor({}).filter(({ Resource }) => Resource.some((arn) => arn === '*' || arn.endsWith(':key/*')));
  const listed = policyFor().wildcards;
  // The deployment's own alias limits the statement on its key.
  expect(wide.map(({ Sid }) => Sid).toSorted()).toEqual([
    'CreateAndFindKeys',
    'DescribeAlarms',
    'KeysWithoutAlias',
    'ReplicaKey',
  ]);
  for (const { Sid, Action } of wide.filter((statement) => statement.Sid !== 'ReplicaKey')) {
    const limit = Sid === 'DescribeAlarms' ? 'it reads' : 'us-west-2';
    expect(listed).toContainEqual({ actions: Action, why: expect.stringContaining(limit) });
  }
});

test('what roles may do is listed as beyond the policy, where the stack has roles', () => {
  expect(policyFor().wildcards).toContainEqual({
    actions: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
    why: expect.stringContaining('permissions boundary'),
  });
  expect(policyFor({ pipeline: PIPELINE }).wildcards.flatMap(({ actions }) => actions)).toContain('iam:CreatePolicyVersion');
  expect(policyFor({ keyExchange: 'ssm' }).wildcards.flatMap(({ actions }) => actions.filter(isIam))).toEqual([]);
});

test('a deployment without roles has no permission of IAM', () => {
  expect(actionsFor({ keyExchange: 'ssm' }).filter(isIam)).toEqual([]);
});

test('keys and roles can be tagged only where tags are configured', () => {
  const tagging = ['kms:TagResource', 'kms:UntagResource', 'iam:TagRole', 'iam:UntagRole', 'iam:ListRoleTags'];
  expect(actionsFor({ tags: { team: 'storage' } })).toEqual(expect.arrayContaining(tagging));
  expect(actionsFor({}).filter((action) => tagging.includes(action))).toEqual([]);
});

test('buckets and parameters can be tagged always, since CloudFormation tags them itself', () => {
  expect(actionsFor({})).toEqual(expect.arrayContaining(['s3:TagResource', 's3:PutBucketTagging', 'ssm:AddTagsToResource']));
});

test.each([
  ['AWS::S3::Bucket', 'WebsiteConfiguration', 's3:PutBucketWebsite'],
  ['AWS::S3::Bucket', 'ReplicationConfiguration', 'iam:PassRole'],
  ['AWS::S3::Bucket', 'LifecycleConfiguration', 's3:PutLifecycleConfiguration'],
  ['AWS::KMS::Key', 'EnableKeyRotation', 'kms:DisableKeyRotation'],
  ['AWS::KMS::Key', 'Enabled', 'kms:DisableKey'],
])('%s: %s is what %s is needed for', (type, property, action) => {
  expect(actionsOf(type, { [property]: true })).toContain(action);
  expect(actionsOf(type, {})).not.toContain(action);
});

test('all of a resource can be read, whatever the template sets: handlers read everything after a change', () => {
  const bucket = actionsOf('AWS::S3::Bucket', {});

  expect(bucket).toEqual(expect.arrayContaining(['s3:GetBucket*', 's3:GetReplicationConfiguration']));
  expect(bucket.filter((action) => action.startsWith('s3:Put')).toSorted()).toEqual(['s3:PutBucketTagging']);
  expect(actionsOf('AWS::KMS::Key', {})).toContain('kms:GetKeyRotationStatus');
});

test('Object Lock can be set where a replica bucket has it, in whatever group, and only there', () => {
  const locking = ['s3:PutBucketObjectLockConfiguration'];
  const objectLock = { mode: 'GOVERNANCE', days: 30 };
  const pairs = [{ id: 'a' }, { id: 'b', objectLock, group: 'archive' }];

  expect(actionsFor({ pairs: [{ id: 'a', objectLock }] })).toEqual(expect.arrayContaining(locking));
  expect(actionsFor({ pairs })).toEqual(expect.arrayContaining(locking));
  expect(actionsFor({ pairs: [{ id: 'a' }] }).filter((action) => locking.includes(action))).toEqual([]);
});

test('without heartbeats nothing that watches is made, and no notification configured', () => {
  const watching = /PutBucketNotification|^(sqs|sns|cloudwatch):/;
  expect(
    actionsFor({ heartbeat: false, tags: { a: 'b' }, pipeline: PIPELINE }).filter((action) => watching.test(action)),
  ).toEqual([]);
});

test('no role is passed, no website or replication is configured', () => {
  const unused = /PassRole|(Put|Delete).*(Website|Replication|Accelerate|Inventory)|s3tables|Acl$/;
  expect(actionsFor({ tags: { team: 'storage' }, pipeline: PIPELINE }).filter((action) => unused.test(action))).toEqual([]);
});

test('fails for types and properties that nobody has decided about, and names all of them', () => {
  const template = {
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table' },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'backups', Novelty: true } },
    },
  };
  expect(() => executionPolicy(validConfig(), template)).toThrow('AWS::DynamoDB::Table, Novelty of AWS::S3::Bucket');
});

test('fails for a role whose name CloudFormation would make up', () => {
  expect(() => executionPolicy(validConfig(), templateWith('AWS::IAM::Role', { Description: 'nameless' }))).toThrow('role It');
});

test('in China every ARN is of its partition', () => {
  const keys = { source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } };
  const arns = stringsIn(statementsFor(keys)).filter((text) => text.startsWith('arn:'));
  expect(arns.length).toBeGreaterThan(4);
  expect(arns.filter((arn) => !arn.startsWith('arn:aws-cn:'))).toEqual([]);
});

function isIam(action: string): boolean {
  return action.startsWith('iam:');
}
