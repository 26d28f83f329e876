import type { Lockdown, SideName } from '../config/replication-config';
import { watchesBackup } from './alarms';
import type { DeployedPair, Deployment } from './deployment';
import { heartbeatMinutes } from './heartbeat';
import { hasInventory, REPORT_FOLDERS } from './inventory';
import { LIMITS } from './limits';
import {
  ALARM_PLACES,
  ALARM_SIDES,
  canaryPrefix,
  type DeliveryNames,
  iamRole,
  lastVerificationParameter,
  type PairNames,
  parameterArn,
  publishedParametersArn,
  stackArnPattern,
} from './names';
import type { Conditions, Permission } from './permissions';
import { roleStatements } from './policies';
import { iamLiteral } from './policy-text';
import { environmentsOf } from './stacks';
import { toolkitNames } from './toolkit';

/** A row of the permission table of the verification roles. All of them stand in the role's own policies. */
export type Row = Omit<Permission, 'writtenIn'>;

/** Where AWS lists the actions of a service, with the resources and conditions that they can be limited to. */
export const AUTHORIZATION = 'https://docs.aws.amazon.com/service-authorization/latest/reference';

/** The same for IAM. */
export const IAM_PAGE = `${AUTHORIZATION}/list_awsidentityandaccessmanagementiam.html`;

/** Reading of whole roles. */
export function readRoles(resources: readonly string[]): Row {
  return {
    sid: 'ReadRoles',
    actions: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
    resources,
    why: 'doctor: trust, policies and boundary of roles of the deployment',
    page: IAM_PAGE,
  };
}

const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const ENCRYPTION_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html';

/** A pair with its names. */
interface Named {
  readonly pair: DeployedPair;
  readonly names: PairNames;
}

/** Whether `s3-replication verify` leaves the replicas of its canaries to their lifecycle rule: a lockdown refuses to delete them, and a witness would report it. */
export function leavesReplicas({ lockdown, witness }: Pick<Deployment, 'lockdown' | 'witness'>): boolean {
  return lockdown !== undefined || witness;
}

/** What concerns pairs. */
export function pairRows(config: Deployment, side: SideName, keyArn: string, pairs: readonly DeployedPair[]): Row[] {
  const all = pairs.map((pair): Named => ({ pair, names: pair.names }));
  return side === 'source' ? sourceRows(config, keyArn, all) : destinationRows(config, keyArn, all);
}

function sourceRows(config: Deployment, keyArn: string, all: readonly Named[]): Row[] {
  const { source } = config;
  const buckets = all.map(({ names }) => names.sourceBucket.arn);
  const canaries = all.map(({ pair, names }) => canariesIn(names.sourceBucket.arn, pair));
  const keys = unique(all.flatMap(({ pair }) => pair.sourceBucket?.keyArns ?? [keyArn]));
  // A bucket of somebody else under SSE-S3 takes no key.
  const encrypted = all.filter(({ pair }) => pair.sourceBucket === undefined || pair.sourceBucket.keyArns.length > 0);
  const ownersKeys = unique(all.flatMap(({ pair }) => pair.sourceBucket?.keyArns ?? []));
  return [
    readRoles(all.map(({ names }) => names.replicationRole.arn)),
    readBuckets(buckets, ['s3:GetBucketNotification', 's3:GetReplicationConfiguration', ...readInventory(config, all)]),
    {
      sid: 'WriteCanaries',
      actions: ['s3:PutObject', 's3:PutObjectTagging', ...WATCH_AND_DELETE],
      resources: canaries,
      why: 'verify: writes a canary, reads its replication status, and deletes that version',
      page: S3_PAGE,
    },
    ...(keys.length === 0
      ? []
      : [
          {
            sid: 'EncryptCanaries',
            actions: ['kms:GenerateDataKey'],
            resources: keys,
            conditions: throughS3(
              source.region,
              [(arn: string) => arn, canariesIn].flatMap((of) =>
                encrypted.map(({ pair, names }) => of(names.sourceBucket.arn, pair)),
              ),
            ),
            why: 'verify: S3 encrypts a canary; no object can be decrypted',
            page: ENCRYPTION_PAGE,
          },
        ]),
    ...(ownersKeys.length === 0
      ? []
      : [
          {
            sid: 'ReadOwnersKeys',
            actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'],
            resources: ownersKeys,
            why: 'doctor: whether keys of a source bucket that is owned elsewhere admit the replication role',
            page: KMS_PAGE,
          },
        ]),
    {
      sid: 'RecordVerifications',
      // With tags in the configuration, the first result makes a parameter with tags.
      actions: ['ssm:PutParameter', ...(Object.keys(config.tags).length > 0 ? ['ssm:AddTagsToResource'] : [])],
      resources: all.map(({ pair }) => parameterArn(source, lastVerificationParameter(config, pair))),
      why: 'verify: the result that s3-replication status shows',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
  ];
}

function destinationRows(config: Deployment, keyArn: string, all: readonly Named[]): Row[] {
  const { destination } = config;
  const leaves = leavesReplicas(config);
  const counted = all.filter(({ pair }) => heartbeatMinutes(config, [pair]) !== undefined);
  const buckets = all.map(({ names }) => names.replicaBucket.arn);
  const canaries = all.map(({ pair, names }) => canariesIn(names.replicaBucket.arn, pair));
  const keepers = all.filter(({ pair }) => pair.reportDays !== undefined);
  const reports = keepers.flatMap(({ names }) => reportsIn(names));
  return [
    readBuckets(buckets, [
      's3:GetBucketRequestPayment',
      ...(counted.length > 0 ? ['s3:GetBucketNotification'] : []),
      ...readInventory(config, all),
    ]),
    {
      sid: 'ListCanaries',
      actions: ['s3:ListBucketVersions'],
      resources: buckets,
      conditions: { StringLike: { 's3:prefix': unique(all.map(({ pair }) => `${iamLiteral(canaryPrefix(pair))}*`)) } },
      why: "verify: finds the versions of a canary's replica",
      page: S3_PAGE,
    },
    {
      sid: 'InspectCanaries',
      actions: ['s3:GetObject', 's3:GetObjectTagging', ...(leaves ? WATCH : WATCH_AND_DELETE)],
      resources: canaries,
      why: `verify: looks at a canary's replica${leaves ? ', which a lifecycle rule deletes' : ', and deletes its versions'}`,
      page: S3_PAGE,
    },
    {
      sid: 'DecryptCanaries',
      actions: ['kms:Decrypt'],
      resources: [keyArn],
      conditions: throughS3(destination.region, [
        ...buckets,
        // A canary in a bucket of reports lies among them.
        ...all.filter((one) => !keepers.includes(one)).map(({ pair, names }) => canariesIn(names.replicaBucket.arn, pair)),
        ...reports,
      ]),
      why: `verify: S3 shows the checksum of a canary's replica, or its content where it shows none${reports.length === 0 ? '' : '; doctor and audit: inventory reports'}`,
      page: ENCRYPTION_PAGE,
    },
    ...(counted.length === 0 ? [] : [heartbeatQueuesRow(counted)]),
    ...(reports.length === 0
      ? []
      : [
          {
            sid: 'ReadReports',
            actions: ['s3:GetObject'],
            resources: reports,
            why: 'doctor and audit: inventory reports about both sides; no object that they list can be read',
            page: S3_PAGE,
          },
        ]),
  ];
}

function readInventory(config: Deployment, all: readonly Named[]): string[] {
  return all.some(({ pair }) => hasInventory(config, pair)) ? ['s3:GetInventoryConfiguration'] : [];
}

/** The reports about both sides, which are together in the backup account. */
function reportsIn({ replicaBucket }: PairNames): string[] {
  return Object.values(REPORT_FOLDERS).map((folder) => `${replicaBucket.arn}/${folder}/*`);
}

/** The queues that count heartbeats. */
function heartbeatQueuesRow(all: readonly Named[]): Row {
  return {
    sid: 'ReadHeartbeatQueues',
    actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    resources: all.map(({ names }) => names.heartbeatQueue.arn),
    why: 'doctor: settings and policies of the queues that count heartbeats; no message can be read',
    page: `${AUTHORIZATION}/list_amazonsqs.html`,
  };
}

/** The last two make S3 say how long Object Lock, which somebody may have switched on, keeps a canary that cannot be deleted. */
const WATCH = ['s3:GetObjectVersion', 's3:GetObjectLegalHold', 's3:GetObjectRetention'];
const WATCH_AND_DELETE = ['s3:DeleteObjectVersion', ...WATCH];

function readBuckets(resources: readonly string[], more: readonly string[]): Row {
  return {
    sid: 'ReadBuckets',
    actions: [
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:ListBucket',
      ...more,
    ],
    resources,
    why: 'doctor: properties of the buckets, where s3:ListBucket is what HeadBucket takes; verify: when a canary expires, and before it whether rule and versioning are there',
    page: S3_PAGE,
  };
}

/** Use of a key by S3 for canaries: with an S3 Bucket Key the bucket is the encryption context, without it the object. */
function throughS3(region: string, contexts: readonly string[]): Conditions {
  return {
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': contexts },
  };
}

function canariesIn(bucketArn: string, pair: DeployedPair): string {
  return `${bucketArn}/${iamLiteral(canaryPrefix(pair))}*`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

const KMS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';

/** The bootstrap has a qualifier that the configuration does not know. */
const ANY = '*';

/** What concerns the side as a whole. */
export function deploymentRows(config: Deployment, side: SideName, keyArn: string): Row[] {
  const { exchange, partition } = config.names;
  const environments = environmentsOf(config).filter(({ owner }) => owner === side);
  const regions = environments.map(({ region }) => region);
  return [
    {
      sid: 'ReadRegionStatus',
      actions: ['account:GetRegionOptStatus'],
      // The ARN of an account in an organization has the organization's id in it.
      resources: ['*'],
      conditions: { StringEquals: { 'account:TargetRegion': regions } },
      why: 'doctor: whether each region that is used is enabled',
      page: `${AUTHORIZATION}/list_awsaccountmanagement.html`,
    },
    {
      sid: 'ReadMetrics',
      actions: [
        ...(side === 'source' || watchesBackup(config) ? ['cloudwatch:DescribeAlarms'] : []),
        ...(side === 'source' ? ['cloudwatch:GetMetricData'] : []),
        'cloudwatch:ListMetrics',
      ],
      // CloudWatch limits no action on metrics to a resource, and tells of composite alarms only to who may describe all alarms.
      resources: ['*'],
      why: metricsWhy(config, side),
      page: `${AUTHORIZATION}/list_amazoncloudwatch.html`,
    },
    {
      sid: 'ReadParameters',
      actions: ['ssm:GetParameter'],
      resources: [
        ...environments.map((environment) => parameterArn(environment, toolkitNames(ANY, environment).versionParameter)),
        publishedParametersArn(config, side),
      ],
      why: 'doctor: bootstrap version and published ARNs; verify: the ARN of the replica key',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
    {
      sid: 'DescribeStack',
      actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      resources: [
        stackArnPattern(config[side], config.names[side].stackName),
        ...(side === 'source' ? watchingStacks(config) : backupStacks(config)),
      ],
      why: 'doctor: state, protection and outputs of the stacks, and what they were deployed with',
      page: `${AUTHORIZATION}/list_awscloudformation.html`,
    },
    {
      sid: 'ReadKey',
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'],
      resources: [keyArn],
      why: 'doctor: state, policy and rotation of the key that the alias names; verify and status: its state',
      page: KMS_PAGE,
    },
    ...(config.pipeline === undefined
      ? []
      : [
          {
            sid: 'ReadDeployRole',
            actions: ['iam:GetRole'],
            resources: environments.map(
              (environment) => iamRole(partition, environment, toolkitNames(ANY, environment).deployRole).arn,
            ),
            why: 'doctor: whether the roles that deploy trust the pipeline',
            page: IAM_PAGE,
          },
        ]),
    ...(config.names.delivery === undefined ? [] : githubRows(config.names.delivery[side])),
    ...(side === 'source' ? [failureQueueRow(config)] : []),
    ...(side === 'source' || watchesBackup(config) ? [subscriptionsRow(config, side)] : []),
    ...(side === 'source' && heartbeatMinutes(config) !== undefined ? [schedulesRow(config)] : []),
    ...(side === 'destination' && config.keyExchange === 'stack-output' ? [readRoles([exchange.readerRole.arn])] : []),
    ...(side === 'destination' && config.lockdown !== undefined ? [breakGlassRow(config.lockdown)] : []),
  ];
}

/** What lets GitHub Actions into the account. */
function githubRows({ providerArn, roles }: DeliveryNames): Row[] {
  return [
    {
      sid: 'ReadGithubRoles',
      actions: ['iam:GetRole'],
      resources: Object.values(roles).map(({ arn }) => arn),
      why: 'doctor: whether the roles of GitHub Actions trust the configured repository and environment, and nobody else',
      page: IAM_PAGE,
    },
    {
      sid: 'ReadGithubProvider',
      actions: ['iam:GetOpenIDConnectProvider'],
      resources: [providerArn],
      why: 'doctor: whether the account has the OIDC provider of GitHub, for the audience of STS',
      page: IAM_PAGE,
    },
  ];
}

/** The role that a lockdown exempts from everything. */
function breakGlassRow({ breakGlassRoleArn }: Lockdown): Row {
  return {
    sid: 'FindBreakGlassRole',
    actions: ['iam:GetRole'],
    resources: [breakGlassRoleArn],
    why: 'doctor: whether somebody can act where the lockdown refuses everybody else',
    page: IAM_PAGE,
  };
}

/** The queue of failure events, which only the source account has. */
function failureQueueRow(config: Deployment): Row {
  return {
    sid: 'ReadFailureQueue',
    actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    resources: [config.names.monitoring.failureQueue.arn],
    why: 'doctor: settings and policy of the failure queue; no event can be read',
    page: `${AUTHORIZATION}/list_amazonsqs.html`,
  };
}

/** Who is told of the alarms of an account. */
function subscriptionsRow(config: Deployment, side: SideName): Row {
  const places = ALARM_PLACES.filter((place) => ALARM_SIDES[place].account === side);
  return {
    sid: 'ReadSubscriptions',
    actions: ['sns:ListSubscriptionsByTopic'],
    resources: places.map((place) => config.names.monitoring.regions[place].topic.arn),
    why: 'doctor: whether alarms tell somebody; nothing can be told, and nobody subscribed',
    page: `${AUTHORIZATION}/list_amazonsns.html`,
  };
}

/** The schedules of the heartbeats. */
function schedulesRow(config: Deployment): Row {
  return {
    sid: 'ReadSchedules',
    actions: ['scheduler:GetSchedule'],
    resources: [`${config.names.heartbeat.scheduleGroup.arn.replace(':schedule-group/', ':schedule/')}/*`],
    why: 'doctor: whether each pair has its heartbeat written; nothing can be scheduled',
    page: `${AUTHORIZATION}/list_amazoneventbridgescheduler.html`,
  };
}

function metricsWhy(config: Deployment, side: SideName): string {
  if (side === 'source') {
    return 'doctor: alarms, metrics of the rules, and failed operations';
  }
  return watchesBackup(config) ? 'doctor: alarms, and metrics of the rules' : 'doctor: metrics of the rules';
}

/** The stack that watches in the backup account. */
function backupStacks(config: Deployment): string[] {
  return watchesBackup(config)
    ? [stackArnPattern(config.destination, config.names.monitoring.regions.backup.healthStackName)]
    : [];
}

/** The stacks that watch: those in the destination region too are in the source account. */
function watchingStacks(config: Deployment): string[] {
  const { stackName, regions } = config.names.monitoring;
  const inDestinationRegion = { ...config.source, region: config.destination.region };
  return [
    stackArnPattern(config.source, regions.source.healthStackName),
    ...(heartbeatMinutes(config) === undefined ? [] : [stackArnPattern(config.source, config.names.heartbeat.stackName)]),
    stackArnPattern(inDestinationRegion, stackName),
    stackArnPattern(inDestinationRegion, regions.destination.healthStackName),
  ];
}

/**
 * The permission table of the verification roles: what `s3-replication doctor` and `s3-replication verify` ask of each account, and nothing else. A test
 * runs both and holds every request against it.
 */

/** As long as a key's ARN gets, which is not known when policies are divided. */
const LONGEST_KEY_ARN = 'k'.repeat(100);

/**
 * What the verification role of one side may do.
 *
 * @param keyArn ARN of the side's key
 */
export function verificationPermissions(config: Deployment, side: SideName, keyArn: string): readonly Permission[] {
  return written([...deploymentRows(config, side, keyArn), ...pairRows(config, side, keyArn, config.pairs)]);
}

/** The same table divided into policies that IAM takes: one, unless there are many pairs. */
export function verificationPolicies(config: Deployment, side: SideName, keyArn: string): readonly (readonly Permission[])[] {
  const inPolicies = (count: number, key: string) => {
    const size = Math.ceil(config.pairs.length / count);
    const parts = Array.from({ length: count }, (_, index) => config.pairs.slice(index * size, (index + 1) * size));
    const ofPairs = parts.filter((pairs) => pairs.length > 0).map((pairs) => pairRows(config, side, key, pairs));
    return [deploymentRows(config, side, key), ...ofPairs].map(written);
  };
  const fits = (rows: readonly Permission[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: roleStatements(rows) }).length <= LIMITS.managedPolicy.most;
  if (fits(verificationPermissions(config, side, LONGEST_KEY_ARN))) {
    return [verificationPermissions(config, side, keyArn)];
  }
  let count = 1;
  while (count < config.pairs.length && !inPolicies(count, LONGEST_KEY_ARN).every(fits)) {
    count += 1;
  }
  return inPolicies(count, keyArn);
}

function written(rows: readonly Row[]): Permission[] {
  return rows.map((row) => ({ ...row, writtenIn: ['role'] }));
}
