import { DELIVERY, PIPELINE } from '../../../helpers/config';
import { ACCOUNT, actionsIn, allows, policyFor, type Request } from './simulate';

/*
 * What CloudFormation asks for in the life of the stack, by name, and what nobody gets by deploying it. The simulator's decision, with
 * the policy alone: a bucket's own policy and a boundary can only take away.
 */

const BUCKET = `arn:aws:s3:::backups-documents-${ACCOUNT}-us-west-2-an`;
const OTHER_BUCKET = `arn:aws:s3:::invoices-documents-${ACCOUNT}-us-west-2-an`;
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ALIAS = `arn:aws:kms:us-west-2:${ACCOUNT}:alias/backups-destination`;
const ssm = (name: string) => `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter${name}`;
const PARAMETER = ssm('/backups/destination/key-arn');
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const policy = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
const READER = role('backups-exchange-us-west-2');
const VERIFIER = role('backups-verify-replica-us-west-2');
const VERIFICATION = policy('backups-destination-VerificationRolePolicy1E8F2DCC2-a1b2c3d4');

const QUEUE = `arn:aws:sqs:us-west-2:${ACCOUNT}:backups-documents-heartbeats`;
const TOPIC = `arn:aws:sns:us-west-2:${ACCOUNT}:backups-backup-notifications`;
const ALARM = `arn:aws:cloudwatch:us-west-2:${ACCOUNT}:alarm:backups-documents-heartbeat`;
const COMPOSITE = `arn:aws:cloudwatch:us-west-2:${ACCOUNT}:alarm:backups-backup-health`;
const DASHBOARD = `arn:aws:cloudwatch::${ACCOUNT}:dashboard/backups-backup-us-west-2`;
const TOPIC_ALIAS = `arn:aws:kms:us-west-2:${ACCOUNT}:alias/backups-backup-notifications`;

const on = (resource: string, actions: readonly string[], context?: Request['context']): Request[] =>
  actions.map((action) => ({ action, resource, ...(context && { context }) }));
const aliased = (...aliases: string[]) => ({ 'kms:ResourceAliases': aliases.map((alias) => `alias/${alias}`) });
const ours = aliased('backups-destination');
const waiting = (days: number) => ({ 'kms:ScheduleKeyDeletionPendingWindowInDays': String(days) });
const attaching = (arn: string) => ({ 'iam:PolicyARN': arn });

const CREATION: readonly Request[] = [
  ...on(ssm('/cdk-bootstrap/hnb659fds/version'), ['ssm:GetParameters']),
  ...on('*', ['kms:CreateKey', 'kms:ListAliases']),
  ...on(KEY, ['kms:TagResource', 'kms:EnableKeyRotation', 'kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus']),
  ...on(KEY, ['kms:PutKeyPolicy', 'kms:ListResourceTags', 'kms:CreateAlias']),
  ...on(ALIAS, ['kms:CreateAlias']),
  ...on(PARAMETER, ['ssm:PutParameter', 'ssm:AddTagsToResource', 'ssm:GetParameters', 'ssm:ListTagsForResource']),
  ...on(BUCKET, ['s3:CreateBucket', 's3:ListBucket', 's3:PutBucketTagging', 's3:TagResource', 's3:PutBucketPolicy']),
  ...on(BUCKET, ['s3:PutEncryptionConfiguration', 's3:PutLifecycleConfiguration', 's3:PutBucketVersioning']),
  ...on(BUCKET, ['s3:PutBucketPublicAccessBlock', 's3:PutBucketOwnershipControls', 's3:GetBucketPolicy']),
  ...on(READER, ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:TagRole']),
  ...on(VERIFIER, ['iam:CreateRole', 'iam:GetRole', 'iam:TagRole']),
  ...on(VERIFICATION, ['iam:CreatePolicy', 'iam:GetPolicy', 'iam:GetPolicyVersion']),
  ...on(VERIFIER, ['iam:AttachRolePolicy'], attaching(VERIFICATION)),
  ...on(QUEUE, ['sqs:CreateQueue', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags', 'sqs:TagQueue']),
  ...on(QUEUE, ['sqs:SetQueueAttributes']),
  ...on(BUCKET, ['s3:PutBucketNotification', 's3:GetBucketNotification']),
  ...on(TOPIC_ALIAS, ['kms:CreateAlias']),
  ...on(TOPIC, ['sns:CreateTopic', 'sns:GetTopicAttributes', 'sns:TagResource', 'sns:SetTopicAttributes', 'sns:Subscribe']),
  ...on(TOPIC, ['sns:GetDataProtectionPolicy', 'sns:ListSubscriptionsByTopic', 'sns:ListTagsForResource']),
  ...on(TOPIC, ['sns:GetSubscriptionAttributes']),
  ...on(ALARM, ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource', 'cloudwatch:ListTagsForResource']),
  ...on(COMPOSITE, ['cloudwatch:PutCompositeAlarm']),
  ...on(COMPOSITE, ['cloudwatch:DescribeAlarms']),
  ...on(DASHBOARD, ['cloudwatch:PutDashboard', 'cloudwatch:GetDashboard']),
];

const UPDATE: readonly Request[] = [
  ...on(KEY, ['kms:PutKeyPolicy', 'kms:UpdateKeyDescription', 'kms:EnableKeyRotation', 'kms:UntagResource'], ours),
  ...on(KEY, ['kms:PutKeyPolicy'], aliased('somebody-added-this', 'backups-destination')),
  ...on(BUCKET.replace('documents', 'a-new-pair'), ['s3:CreateBucket', 's3:PutBucketPolicy']),
  ...on(KEY, ['kms:DisableKeyRotation', 'kms:UpdateAlias'], ours),
  ...on(ALIAS, ['kms:UpdateAlias']),
  ...on(BUCKET, ['s3:GetLifecycleConfiguration', 's3:GetBucketVersioning', 's3:GetEncryptionConfiguration']),
  ...on(BUCKET, ['s3:GetBucketPublicAccessBlock', 's3:GetBucketOwnershipControls']),
  ...on(BUCKET, ['s3:UntagResource', 's3:GetBucketTagging', 's3:ListTagsForResource']),
  ...on(PARAMETER, ['ssm:RemoveTagsFromResource']),
  ...on(ssm('/backups/destination/pairs/a-new-pair/bucket-arn'), ['ssm:PutParameter']),
  ...on(READER, [
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateRole',
    'iam:UpdateRoleDescription',
    'iam:UntagRole',
    'iam:ListRoleTags',
  ]),
  ...on(VERIFICATION, ['iam:CreatePolicyVersion', 'iam:ListPolicyVersions', 'iam:DeletePolicyVersion']),
  ...on(QUEUE.replace('documents', 'a-new-pair'), ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:UntagQueue']),
  ...on(KEY, ['kms:PutKeyPolicy'], aliased('backups-backup-notifications')),
  ...on(TOPIC, ['sns:UntagResource']),
  ...on(ALARM.replace('documents', 'a-new-pair'), ['cloudwatch:PutMetricAlarm', 'cloudwatch:UntagResource']),
];

/** A rolled back creation deletes what is retained otherwise. */
const DELETION: readonly Request[] = [
  ...on(KEY, ['kms:DeleteAlias'], ours),
  ...on(ALIAS, ['kms:DeleteAlias']),
  ...on(KEY, ['kms:ScheduleKeyDeletion'], waiting(30)),
  // KMS has not noticed yet that the alias is gone.
  ...on(KEY, ['kms:ScheduleKeyDeletion'], { ...ours, ...waiting(30) }),
  ...on(PARAMETER, ['ssm:DeleteParameter']),
  ...on(BUCKET, ['s3:DeleteBucketPolicy', 's3:DeleteBucket']),
  ...on(READER, ['iam:DeleteRolePolicy', 'iam:DeleteRole', 'iam:ListRolePolicies', 'iam:ListAttachedRolePolicies']),
  ...on(VERIFIER, ['iam:DetachRolePolicy'], attaching(VERIFICATION)),
  ...on(VERIFICATION, ['iam:ListEntitiesForPolicy', 'iam:DeletePolicy']),
  ...on(QUEUE, ['sqs:DeleteQueue']),
  ...on(TOPIC, ['sns:DeleteTopic']),
  ...on(TOPIC, ['sns:Unsubscribe']),
  ...on(ALARM, ['cloudwatch:DeleteAlarms']),
  ...on(DASHBOARD, ['cloudwatch:DeleteDashboards']),
];

const theirs = aliased('payroll');
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const EXECUTION_ROLE = role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-west-2`);

const DENIED: readonly Request[] = [
  ...on(OTHER_BUCKET, ['s3:CreateBucket', 's3:DeleteBucket', 's3:PutBucketPolicy', 's3:ListBucket']),
  ...on(BUCKET.replace('us-west-2', 'eu-west-1'), ['s3:CreateBucket', 's3:PutBucketPolicy']),
  ...on(BUCKET.replace(ACCOUNT, '333333333333'), ['s3:PutBucketPolicy']),
  ...on(`${BUCKET}/report.txt`, ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject', 's3:PutObjectAcl']),
  ...on(BUCKET, ['s3:PutBucketWebsite', 's3:PutReplicationConfiguration', 's3:PutBucketAcl']),
  ...on(`arn:aws:sqs:us-west-2:${ACCOUNT}:payroll`, ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:SetQueueAttributes']),
  ...on(QUEUE, ['sqs:ReceiveMessage', 'sqs:SendMessage', 'sqs:PurgeQueue']),
  ...on(`arn:aws:sns:us-west-2:${ACCOUNT}:payroll`, ['sns:CreateTopic', 'sns:DeleteTopic', 'sns:SetTopicAttributes']),
  ...on(TOPIC, ['sns:Publish']),
  ...on(ALARM.replace('backups-', 'payroll-'), ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms']),
  ...on(ALARM, ['cloudwatch:DisableAlarmActions', 'cloudwatch:SetAlarmState']),
  ...on('*', ['kms:CreateKey', 'kms:ListAliases'], { 'aws:RequestedRegion': 'eu-west-1' }),
  ...on(KEY.replace('us-west-2', 'eu-west-1'), ['kms:PutKeyPolicy', 'kms:DescribeKey']),
  ...on(KEY, ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:DisableKey'], ours),
  ...on(KEY, ['kms:Decrypt', 'kms:CreateGrant', 'kms:DisableKey']),
  ...on(KEY, ['kms:PutKeyPolicy', 'kms:DescribeKey', 'kms:CreateAlias', 'kms:DeleteAlias', 'kms:TagResource'], theirs),
  ...on(KEY, ['kms:ScheduleKeyDeletion'], { ...theirs, ...waiting(30) }),
  ...on(KEY, ['kms:ScheduleKeyDeletion'], waiting(7)),
  ...on(KEY, ['kms:ScheduleKeyDeletion'], { ...ours, ...waiting(29) }),
  ...on(`${ALIAS}-2`, ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias']),
  ...on(ssm('/payroll/key'), ['ssm:PutParameter', 'ssm:DeleteParameter', 'ssm:GetParameters']),
  ...on(ssm('/backups/source/key-arn'), ['ssm:PutParameter', 'ssm:DeleteParameter', 'ssm:GetParameters']),
  ...on(ssm('/cdk-bootstrap/hnb659fds/version'), ['ssm:PutParameter', 'ssm:DeleteParameter']),
  ...on(role('backups-other'), ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:DeleteRole']),
  ...on(EXECUTION_ROLE, ['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:PassRole']),
  ...on(EXECUTION_ROLE, ['iam:AttachRolePolicy'], attaching(ADMINISTRATOR)),
  ...on(VERIFIER, ['iam:AttachRolePolicy'], attaching(ADMINISTRATOR)),
  ...on(READER, ['iam:PassRole', 'sts:AssumeRole']),
  ...on(`arn:aws:iam::${ACCOUNT}:user/mallory`, ['iam:CreateUser', 'iam:CreateAccessKey']),
  ...on(policy('backups-cdk-execution-us-west-2'), ['iam:CreatePolicyVersion', 'iam:DeletePolicy']),
  ...on(`arn:aws:lambda:us-west-2:${ACCOUNT}:function:anything`, ['lambda:CreateFunction']),
];

const everything = { tags: { team: 'storage' }, pipeline: PIPELINE, monitoring: { email: 'storage@example.com' } };
const inWords = ({ action, resource, context }: Request) => `${action} ${resource} ${JSON.stringify(context ?? {})}`;

async function decided(requests: readonly Request[], keys: Record<string, unknown>, allowed: boolean): Promise<string[]> {
  const { policies } = policyFor(keys);
  const answers = await Promise.all(requests.map((request) => allows(policies, request)));
  return requests.filter((_, index) => answers[index] === allowed).map(inWords);
}

test.each([
  ['create', CREATION],
  ['update', UPDATE],
  ['roll back and delete', DELETION],
])('CloudFormation can %s the stack', async (_, requests) => {
  await expect(decided(requests, everything, false)).resolves.toEqual([]);
});

test('nothing is allowed besides, but for reading the buckets: the handler reads all of one after a change', () => {
  const asked = new Set([...CREATION, ...UPDATE, ...DELETION].map(({ action }) => action));
  expect(actionsIn(policyFor(everything)).filter((action) => !asked.has(action) && !action.startsWith('s3:Get'))).toEqual([]);
});

test.each([
  ['by default', {}],
  ['with everything configured', everything],
  ['with the key exchanged by ssm', { keyExchange: 'ssm' }],
])('%s a deployment reaches nothing of anybody else and no replica', async (_, keys) => {
  await expect(decided(DENIED, keys, true)).resolves.toEqual([]);
});

test('with GitHub Actions it makes their provider and their roles, whatever the groups are called, and no others', async () => {
  const keys = { ...DELIVERY, tags: { team: 'storage' }, pairs: [{ id: 'a', group: 'archive' }] };
  const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
  const operate = role('backups-operate-replica-us-west-2');
  const own = policy('backups-delivery-destination-OperateRolePolicy1E8F2DCC2-a1b2c3d4');
  const makes = ['iam:CreateOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'];

  await expect(
    decided(
      [
        ...on(provider, makes),
        ...on(operate, ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy', 'iam:DeleteRole']),
        ...on(own, ['iam:CreatePolicy', 'iam:DeletePolicy']),
        ...on(operate, ['iam:AttachRolePolicy'], attaching(own)),
      ],
      keys,
      false,
    ),
  ).resolves.toEqual([]);
  await expect(
    decided(
      [
        ...on(provider.replace('token.', 'other.'), makes),
        ...on(`${operate}-2`, ['iam:CreateRole']),
        ...on(operate, ['iam:AttachRolePolicy'], attaching(ADMINISTRATOR)),
      ],
      keys,
      true,
    ),
  ).resolves.toEqual([]);
  await expect(decided(on(provider, makes), everything, true)).resolves.toEqual([]);
});

test('without roles in the stack none can be created under their names', async () => {
  const requests = [...on(READER, ['iam:CreateRole', 'iam:PutRolePolicy']), ...on(VERIFICATION, ['iam:CreatePolicy'])];
  await expect(decided(requests, { keyExchange: 'ssm' }, true)).resolves.toEqual([]);
});

test.each(['retain', 'destroy'])('a key waits as long as configured before it is deleted, with removal: %s', async (removal) => {
  const keys = { deployment: 'backups-test', removal, keyDeletionDays: 10 };
  const requests = [7, 9, 10, 30].flatMap((days) => on(KEY, ['kms:ScheduleKeyDeletion'], waiting(days)));
  await expect(decided(requests, keys, true)).resolves.toEqual(
    [10, 30].flatMap((days) => on(KEY, ['kms:ScheduleKeyDeletion'], waiting(days)).map(inWords)),
  );
});
