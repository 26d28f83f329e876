import { SIDES, type SideName } from '../../lib/config/replication-config';
import { watchesBackup } from '../../lib/model/alarms';
import { heartbeatMinutes, heartbeatPairs } from '../../lib/model/heartbeat';
import { inventoriedPairs, REPORT_FOLDERS } from '../../lib/model/inventory';
import { ALARM_PLACES, ALARM_SIDES, canaryPrefix, lastVerificationParameter, parameterArn } from '../../lib/model/names';
import { MORE_WITH_STACK } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { sourceKeysOf, type World } from './world';

/*
 * The roles with which a pipeline or GitHub Actions runs `s3-replication doctor` and `s3-replication verify`: what they have to be allowed, and what
 * they and everybody else have to be denied. Without either there are no such roles and no such requests.
 */

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const S3_PAGE = `${S3}/using-with-s3-policy-actions.html`;
const ENCRYPTION_PAGE = `${S3}/UsingKMSEncryption.html`;
const BUCKET_KEY_PAGE = `${S3}/bucket-key.html`;
const KMS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';
const ASSUME_PAGE = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html';
const AUTHORIZATION = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const IAM_PAGE = `${AUTHORIZATION}/list_awsidentityandaccessmanagementiam.html`;

const CANARY = '20261101T120000Z-0123456789abcdef';
const READ_ROLE = ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'];
const READ_KEY = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'];
const READ_BUCKET = [
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicy',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketVersioning',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:ListBucket',
];
const READ_MORE_OF_BUCKET = ['s3:GetBucketLogging', 's3:GetAnalyticsConfiguration'];
const INVENTORY = 's3:GetInventoryConfiguration';
const CHANGE_BUCKET = [
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
];
const CHANGE_OBJECT = ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:PutObjectAcl', 's3:PutObjectRetention'];
const DELETE = 's3:DeleteObjectVersion';
const WATCH_AND_DELETE = [DELETE, 's3:GetObjectLegalHold', 's3:GetObjectRetention', 's3:GetObjectVersion'];

const NOTIFICATION = 's3:GetBucketNotification';

/** What differs between the sides. */
const OWN = {
  source: {
    metrics: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
    bucket: [NOTIFICATION, 's3:GetReplicationConfiguration'],
    canary: ['s3:PutObject', 's3:PutObjectTagging', ...WATCH_AND_DELETE],
    canaryStatement: 'WriteCanaries',
    notOnCanary: ['s3:GetObject', 's3:GetObjectAcl', 's3:GetObjectTagging'],
    key: 'kms:GenerateDataKey',
    keyStatement: 'EncryptCanaries',
    notWithKey: ['kms:Decrypt', 'kms:Encrypt'],
  },
  destination: {
    metrics: ['cloudwatch:ListMetrics'],
    bucket: [NOTIFICATION, 's3:GetBucketRequestPayment'],
    canary: ['s3:GetObject', 's3:GetObjectTagging', ...WATCH_AND_DELETE],
    canaryStatement: 'InspectCanaries',
    notOnCanary: ['s3:GetObjectAcl', 's3:PutObject', 's3:PutObjectTagging', 's3:ReplicateObject'],
    key: 'kms:Decrypt',
    keyStatement: 'DecryptCanaries',
    notWithKey: ['kms:Encrypt', 'kms:GenerateDataKey'],
  },
} as const satisfies Record<SideName, object>;

/** One side, as far as requests to it are made of it. */
function sideOf(world: World, side: SideName) {
  const { config } = world;
  const { names } = actorsOf(world);
  const { account, region } = config[side];
  const isKept = side === 'destination' && (config.lockdown !== undefined || config.witness);
  return {
    ...OWN[side],
    // The notification of the replica bucket is read where there is one.
    bucket: [
      ...OWN[side].bucket.filter(
        (action) => action !== NOTIFICATION || side === 'source' || heartbeatMinutes(config) !== undefined,
      ),
      ...(inventoriedPairs(config).length > 0 ? [INVENTORY] : []),
    ],
    // Under lockdown, and with a witness, replicas of canaries are left to their lifecycle rule.
    canary: OWN[side].canary.filter((action) => action !== DELETE || !isKept),
    notOnCanary: [...OWN[side].notOnCanary, ...(isKept ? [DELETE] : [])],
    owner: account,
    region,
    /** Every region that something is deployed to in this account. */
    regions: side === 'source' ? [region, config.destination.region] : [region],
    name: `the verification role of the ${side}`,
    principal: { kind: 'role', arn: names[side].verificationRole.arn } as Principal,
    keyArn: side === 'source' ? world.sourceKey : world.replicaKey,
    stackName: names[side].stackName,
    parameters: [
      names[side].keyParameter,
      ...config.pairs.flatMap(({ names: { parameters } }) =>
        side === 'source' ? [parameters.sourceBucket, parameters.replicationRole] : [parameters.replicaBucket],
      ),
    ],
    roles:
      side === 'source'
        ? config.pairs.map(({ names: { replicationRole } }) => replicationRole.arn)
        : config.keyExchange === 'stack-output'
          ? [names.exchange.readerRole.arn]
          : [],
    buckets: config.pairs.map((pair) => {
      const { sourceBucket, replicaBucket } = pair.names;
      const { arn } = side === 'source' ? sourceBucket : replicaBucket;
      const prefix = pair.filter?.prefix ?? '';
      const canaryKey = `${canaryPrefix(pair)}${CANARY}`;
      // Of keys that are shared by pairs, each is asked for.
      const keys = side === 'source' ? sourceKeysOf(world, pair.names) : [world.replicaKey];
      const ownersKeys = side === 'source' ? (pair.sourceBucket?.keyArns ?? []) : [];
      const hasReports = side === 'destination' && pair.reportDays !== undefined;
      return {
        reports: hasReports ? Object.values(REPORT_FOLDERS).map((folder) => `${arn}/${folder}/b/manifest.json`) : [],
        // Where no canary is, and no report.
        outside: hasReports ? 'elsewhere/' : prefix,
        arn,
        keys,
        ownersKeys,
        prefix,
        canaryKey,
        lookalikes: lookalikesOf(prefix).map((other) => other + canaryKey.slice(prefix.length)),
      };
    }),
  };
}

/** What a prefix would match if IAM took one of its characters for a wildcard. */
function lookalikesOf(prefix: string): string[] {
  return [...prefix.matchAll(/[*?]/g)].map(({ index }) => `${prefix.slice(0, index)}s${prefix.slice(index + 1)}`);
}

/** What `s3-replication doctor` and `s3-replication verify` ask, with the page that says which permission an operation takes. */
export function allowedVerification(world: World): AllowedRequest[] {
  return isVerified(world) ? SIDES.flatMap((side) => allowedOn(world, side)) : [];
}

function isVerified({ config }: World): boolean {
  return config.pipeline !== undefined || config.delivery !== undefined;
}

/** The one role that verifies: in the tooling account, or with GitHub Actions in the account itself. */
function verifierOf({ config: { names, ...config } }: World, side: SideName) {
  return names.pipeline === undefined
    ? { account: config[side].account, name: names.delivery?.[side].roles.operate.name ?? '' }
    : { account: THIRD_ACCOUNT, name: names.pipeline.verifierRole.name };
}

function allowedOn(world: World, side: SideName): AllowedRequest[] {
  const { names, administrator, iam, metric, ownAccount, stack } = actorsOf(world);
  const own = sideOf(world, side);
  const verifier = verifierOf(world, side);
  const { owner, principal, region } = own;
  const ask = (
    grantedBy: string,
    page: string,
    actions: readonly string[],
    resource: string,
    context?: Request['context'],
  ): AllowedRequest[] =>
    each(actions, { name: own.name, principal, resource, owner, ...(context && { context }) }).map((request) => ({
      ...request,
      page,
      grantedBy,
    }));
  const parameters = [...own.parameters, '/cdk-bootstrap/hnb659fds/version', '/cdk-bootstrap/other/version'];
  return [
    {
      name: 'what verifies assumes the verification role',
      principal: administrator(verifier.account, `role/${verifier.name}`),
      action: 'sts:AssumeRole',
      resource: names[side].verificationRole.arn,
      owner,
      page: ASSUME_PAGE,
    },
    ...ask(
      'ReadRegionStatus',
      `${AUTHORIZATION}/list_awsaccountmanagement.html`,
      ['account:GetRegionOptStatus'],
      ownAccount(owner),
      { 'account:TargetRegion': region },
    ),
    ...ask('ReadMetrics', `${AUTHORIZATION}/list_amazoncloudwatch.html`, own.metrics, metric(region, owner)),
    ...(side === 'source' ? watching(world, ask) : watchingBackup(world, ask)),
    ...parameters.flatMap((name) =>
      ask(
        'ReadParameters',
        `${AUTHORIZATION}/list_awssystemsmanager.html`,
        ['ssm:GetParameter'],
        parameterArn(world.config[side], name),
      ),
    ),
    ...describeStack(ask, stack(region, owner, own.stackName)),
    ...ask('ReadKey', KMS_PAGE, READ_KEY, own.keyArn),
    ...(names.pipeline === undefined ? [] : ['hnb659fds', 'other']).flatMap((qualifier) =>
      own.regions.flatMap((where) =>
        ask('ReadDeployRole', IAM_PAGE, ['iam:GetRole'], iam(owner, `role/cdk-${qualifier}-deploy-role-${owner}-${where}`)),
      ),
    ),
    ...Object.values(names.delivery?.[side].roles ?? {}).flatMap(({ arn }) =>
      ask('ReadGithubRoles', IAM_PAGE, ['iam:GetRole'], arn),
    ),
    ...(names.delivery === undefined
      ? []
      : ask('ReadGithubProvider', IAM_PAGE, ['iam:GetOpenIDConnectProvider'], names.delivery[side].providerArn)),
    ...own.roles.flatMap((role) => ask('ReadRoles', IAM_PAGE, READ_ROLE, role)),
    ...(side === 'source' || world.config.lockdown === undefined
      ? []
      : ask('FindBreakGlassRole', IAM_PAGE, ['iam:GetRole'], world.config.lockdown.breakGlassRoleArn)),
    ...own.buckets.flatMap(({ arn, canaryKey, keys, ownersKeys, reports }) => [
      ...reports.flatMap((report) => [
        ...ask('ReadReports', S3_PAGE, ['s3:GetObject'], report),
        ...keys.flatMap((key) => ask('DecryptCanaries', ENCRYPTION_PAGE, ['kms:Decrypt'], key, throughS3(region, report))),
      ]),
      ...ask('ReadBuckets', S3_PAGE, [...READ_BUCKET, ...own.bucket], arn),
      ...ask(own.canaryStatement, S3_PAGE, own.canary, `${arn}/${canaryKey}`),
      ...keys.flatMap((key) => [
        ...ask(own.keyStatement, BUCKET_KEY_PAGE, [own.key], key, throughS3(region, arn)),
        ...ask(own.keyStatement, ENCRYPTION_PAGE, [own.key], key, throughS3(region, `${arn}/${canaryKey}`)),
      ]),
      ...ownersKeys.flatMap((key) => ask('ReadOwnersKeys', KMS_PAGE, ['kms:DescribeKey', 'kms:GetKeyPolicy'], key)),
      ...(side === 'source' ? [] : ask('ListCanaries', S3_PAGE, ['s3:ListBucketVersions'], arn, { 's3:prefix': canaryKey })),
    ]),
  ];
}

type Ask = (
  grantedBy: string,
  page: string,
  actions: readonly string[],
  resource: string,
  context?: Request['context'],
) => AllowedRequest[];

function describeStack(ask: Ask, arn: string): AllowedRequest[] {
  const page = `${AUTHORIZATION}/list_awscloudformation.html`;
  return ask('DescribeStack', page, ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'], arn);
}

function describeAlarms(ask: Ask, arn: string): AllowedRequest[] {
  return ask('ReadMetrics', `${AUTHORIZATION}/list_amazoncloudwatch.html`, ['cloudwatch:DescribeAlarms'], arn);
}

/** What the backup account has besides: its alarms, and who is told of them. */
function watchingBackup({ config, partition }: World, ask: Ask): AllowedRequest[] {
  const { account, region } = config.destination;
  const { healthStackName, topic } = config.names.monitoring.regions.backup;
  if (!watchesBackup(config)) {
    return [];
  }
  return [
    ...describeAlarms(ask, `arn:${partition}:cloudwatch:${region}:${account}:alarm:somebody-elses`),
    ...describeStack(ask, `arn:${partition}:cloudformation:${region}:${account}:stack/${healthStackName}/6f2d`),
    ...ask('ReadSubscriptions', `${AUTHORIZATION}/list_amazonsns.html`, ['sns:ListSubscriptionsByTopic'], topic.arn),
    ...heartbeatPairs(config.heartbeat, config.pairs).flatMap(({ names: { heartbeatQueue } }) =>
      ask(
        'ReadHeartbeatQueues',
        `${AUTHORIZATION}/list_amazonsqs.html`,
        ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        heartbeatQueue.arn,
      ),
    ),
  ];
}

/** What only the source account has: alarms, failure events, stacks and parameters in the destination region too. */
function watching({ config, partition }: World, ask: Ask): AllowedRequest[] {
  const { account } = config.source;
  const { stackName, regions, failureQueue } = config.names.monitoring;
  const { region } = config.destination;
  const stackArn = (where: string, name: string) => `arn:${partition}:cloudformation:${where}:${account}:stack/${name}/6f2d`;
  const describe = (arn: string) => describeStack(ask, arn);
  return [
    ...ask(
      'ReadRegionStatus',
      `${AUTHORIZATION}/list_awsaccountmanagement.html`,
      ['account:GetRegionOptStatus'],
      `arn:${partition}:account::${account}:account`,
      {
        'account:TargetRegion': region,
      },
    ),
    // Composite alarms are told only to who may describe all alarms.
    ...describeAlarms(ask, `arn:${partition}:cloudwatch:${region}:${account}:alarm:somebody-elses`),
    ...ask(
      'ReadParameters',
      `${AUTHORIZATION}/list_awssystemsmanager.html`,
      ['ssm:GetParameter'],
      parameterArn({ ...config.source, region }, '/cdk-bootstrap/hnb659fds/version'),
    ),
    ...describe(stackArn(config.source.region, regions.source.healthStackName)),
    ...(heartbeatMinutes(config) === undefined ? [] : describe(stackArn(config.source.region, config.names.heartbeat.stackName))),
    ...heartbeatPairs(config.heartbeat, config.pairs).flatMap(({ names: { ruleId } }) =>
      ask(
        'ReadSchedules',
        `${AUTHORIZATION}/list_amazoneventbridgescheduler.html`,
        ['scheduler:GetSchedule'],
        `arn:${partition}:scheduler:${config.source.region}:${account}:schedule/${config.names.heartbeat.scheduleGroup.name}/${ruleId}`,
      ),
    ),
    ...describe(stackArn(region, stackName)),
    ...describe(stackArn(region, regions.destination.healthStackName)),
    ...ask(
      'ReadFailureQueue',
      `${AUTHORIZATION}/list_amazonsqs.html`,
      ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      failureQueue.arn,
    ),
    ...SIDES.flatMap((side) =>
      ask('ReadSubscriptions', `${AUTHORIZATION}/list_amazonsns.html`, ['sns:ListSubscriptionsByTopic'], regions[side].topic.arn),
    ),
    ...config.pairs.flatMap((pair) =>
      ask(
        'RecordVerifications',
        `${AUTHORIZATION}/list_awssystemsmanager.html`,
        ['ssm:PutParameter', ...(Object.keys(config.tags).length > 0 ? ['ssm:AddTagsToResource'] : [])],
        parameterArn(config.source, lastVerificationParameter(config, pair)),
      ),
    ),
  ];
}

/** What the verification roles and others with them must not do. */
export function deniedVerification(world: World): Request[] {
  return isVerified(world)
    ? SIDES.flatMap((side) => [
        ...onObjects(world, side),
        ...onBuckets(world, side),
        ...onKeys(world, side),
        ...onOtherServices(world, side),
        ...onTheOtherSide(world, side),
        ...assumption(world, side),
      ])
    : [];
}

/** Objects that are no canaries, and more with canaries than verification. */
function onObjects(world: World, side: SideName): Request[] {
  const { bucket } = actorsOf(world);
  const { buckets, canary, name, notOnCanary, owner, principal } = sideOf(world, side);
  return buckets.flatMap(({ arn, outside, canaryKey, lookalikes, reports }) => {
    const others = [
      `${arn}/a.jpg`,
      `${arn}/${outside}a.jpg`,
      `${arn}/${outside}.s3-replication-canary`,
      `${arn}/${outside}.s3-replication-canaryx/a.jpg`,
      `${arn}/elsewhere/${canaryKey}`,
      `${bucket('another-bucket')}/${canaryKey}`,
      ...lookalikes.map((key) => `${arn}/${key}`),
    ];
    return [
      ...others.flatMap((resource) => each(canary, { name: `${name} on objects of others`, principal, resource, owner })),
      ...each([...notOnCanary, ...CHANGE_OBJECT], {
        name: `${name} does more with a canary than verify`,
        principal,
        resource: `${arn}/${canaryKey}`,
        owner,
      }),
      ...reports.flatMap((resource) =>
        each([...canary.filter((action) => action !== 's3:GetObject'), ...notOnCanary, ...CHANGE_OBJECT], {
          name: `${name} does more with a report than read`,
          principal,
          resource,
          owner,
        }),
      ),
      ...each(canary, {
        name: `${name} over plain HTTP`,
        principal,
        resource: `${arn}/${canaryKey}`,
        owner,
        context: { 'aws:SecureTransport': 'false' },
      }),
    ];
  });
}

function onBuckets(world: World, side: SideName): Request[] {
  const { bucket } = actorsOf(world);
  const { buckets, name, owner, principal, ...own } = sideOf(world, side);
  const resource = bucket('another-bucket');
  const listing = { name: `${name} lists versions of others`, principal, owner };
  return [
    ...each([...READ_BUCKET, ...own.bucket], { name: `${name} on another bucket`, principal, resource, owner }),
    ...buckets.flatMap(({ arn, prefix, canaryKey, lookalikes }) => [
      ...each(READ_MORE_OF_BUCKET, { name: `${name} reads more of a bucket than its settings`, principal, resource: arn, owner }),
      ...each(CHANGE_BUCKET, { name: `${name} changes a bucket`, principal, resource: arn, owner }),
      { ...listing, action: 's3:ListBucketVersions', resource: arn },
      ...['', 'a.jpg', `${prefix}a`, ...lookalikes].map((other) => ({
        ...listing,
        action: 's3:ListBucketVersions',
        resource: arn,
        context: { 's3:prefix': other },
      })),
      { ...listing, action: 's3:ListBucketVersions', resource, context: { 's3:prefix': canaryKey } },
    ]),
  ];
}

function onKeys(world: World, side: SideName): Request[] {
  const { config } = world;
  const { key: keyOf } = actorsOf(world);
  const { buckets, key, keyArn, name, notWithKey, owner, principal, region } = sideOf(world, side);
  const other = config[side === 'source' ? 'destination' : 'source'].region;
  const another = keyOf(owner, region);
  return [
    ...each(READ_KEY, { name: `${name} reads another key`, principal, resource: another, owner }),
    ...buckets.flatMap(({ arn, outside, canaryKey, lookalikes, keys }) => {
      // What may not be done with the keys of the bucket, or with the stack's own where it has none.
      const used = keys.length === 0 ? [keyArn] : keys;
      const right = throughS3(region, arn);
      const wrong: [string, Record<string, string>][] = [
        ['without S3', { 'kms:EncryptionContext:aws:s3:arn': arn }],
        ['through another service', { ...right, 'kms:ViaService': `ec2.${region}.amazonaws.com` }],
        ['through S3 of another region', throughS3(other, arn)],
        ['without an encryption context', { 'kms:ViaService': `s3.${region}.amazonaws.com` }],
        ["with another bucket's context", throughS3(region, `arn:${world.partition}:s3:::another-bucket`)],
        ['with the context of an object that is no canary', throughS3(region, `${arn}/${outside}a.jpg`)],
        ['with the context of a bucket whose name continues', throughS3(region, `${arn}x/${canaryKey}`)],
        ...lookalikes.map((lookalike): (typeof wrong)[number] => [
          'with the context of another prefix',
          throughS3(region, `${arn}/${lookalike}`),
        ]),
      ];
      return [
        ...used.flatMap((resource) =>
          wrong.map(
            ([how, context]): Request => ({
              name: `${name} uses the key ${how}`,
              principal,
              action: key,
              resource,
              owner,
              context,
            }),
          ),
        ),
        { name: `${name} uses another key`, principal, action: key, resource: another, owner, context: right },
        ...used.flatMap((resource) =>
          each(
            [
              ...notWithKey,
              'kms:GenerateDataKeyPair',
              'kms:GetParametersForImport',
              'kms:CreateGrant',
              'kms:DisableKey',
              'kms:PutKeyPolicy',
              'kms:ScheduleKeyDeletion',
            ],
            {
              name: `${name} does more with the key than verify`,
              principal,
              resource,
              owner,
              context: right,
            },
          ),
        ),
      ];
    }),
  ];
}

/** Parameters, stacks, roles, the account and metrics. */
function onOtherServices(world: World, side: SideName): Request[] {
  const { config } = world;
  const { iam, metric, names, ownAccount, stack } = actorsOf(world);
  const { name, owner, parameters, principal, region, roles, stackName } = sideOf(world, side);
  const otherSide = side === 'source' ? 'destination' : 'source';
  const deny = (what: string, actions: readonly string[], resource: string, context?: Request['context']): Request[] =>
    each(actions, { name: `${name} ${what}`, principal, resource, owner, ...(context && { context }) });
  const otherParameters = [
    '/another/parameter',
    `/${config.deployment}-2/${side}/key-arn`,
    `/${config.deployment}/${otherSide}/key-arn`,
    '/cdk-bootstrap/hnb659fds/secret',
  ];
  const otherStacks = ['another-stack', `${stackName}-2`, names[otherSide].stackName];
  const deployRole = iam(owner, `role/cdk-hnb659fds-deploy-role-${owner}-${region}`);
  const elsewhere = iam(owner, `role/cdk-hnb659fds-deploy-role-${owner}-eu-north-1`);
  const itself = names[side].verificationRole.arn;
  const breakGlass = side === 'source' || config.lockdown === undefined ? [] : [config.lockdown.breakGlassRoleArn];
  return [
    ...otherParameters.flatMap((parameter) =>
      deny('reads another parameter', ['ssm:GetParameter'], parameterArn(config[side], parameter)),
    ),
    ...parameters.flatMap((parameter) =>
      deny('changes a parameter', ['ssm:PutParameter', 'ssm:DeleteParameter'], parameterArn(config[side], parameter)),
    ),
    ...parameters.flatMap((parameter) =>
      deny('reads the past of a parameter', ['ssm:GetParameterHistory'], parameterArn(config[side], parameter)),
    ),
    ...(side === 'source' ? config.pairs : []).flatMap((pair) =>
      deny(
        'does more with a result than record it',
        ['ssm:DeleteParameter', 'ssm:PutResourcePolicy', 'ssm:RemoveTagsFromResource'],
        parameterArn(config.source, lastVerificationParameter(config, pair)),
      ),
    ),
    ...otherStacks.flatMap((other) =>
      deny('reads another stack', ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'], stack(region, owner, other)),
    ),
    ...deny(
      'does more than read its stack',
      // Doctor reads the template too.
      MORE_WITH_STACK.filter((action) => action !== 'cloudformation:GetTemplate'),
      stack(region, owner, stackName),
    ),
    ...[iam(owner, 'role/Administrator'), elsewhere].flatMap((role) => deny('reads another role', READ_ROLE, role)),
    ...deny(
      'reads more than the trust of the role that deploys',
      READ_ROLE.filter((action) => action !== 'iam:GetRole'),
      deployRole,
    ),
    ...deny(
      'reads or changes another provider',
      ['iam:GetOpenIDConnectProvider', 'iam:AddClientIDToOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider'],
      iam(owner, 'oidc-provider/another.example.com'),
    ),
    ...(names.delivery === undefined
      ? []
      : deny(
          'changes the provider of GitHub',
          ['iam:AddClientIDToOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider'],
          names.delivery[side].providerArn,
        )),
    ...Object.values(names.delivery?.[side].roles ?? {}).flatMap(({ arn }) =>
      deny(
        'reads more than the trust of a role of GitHub Actions',
        READ_ROLE.filter((action) => action !== 'iam:GetRole'),
        arn,
      ),
    ),
    ...[...roles, ...breakGlass].flatMap((role) =>
      deny('reads more of a role', ['iam:GetContextKeysForPrincipalPolicy', 'iam:ListInstanceProfilesForRole'], role),
    ),
    ...[...roles, ...breakGlass, itself].flatMap((role) =>
      deny(
        'changes or passes a role',
        ['iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:DeleteRole', 'iam:PassRole'],
        role,
      ),
    ),
    ...[deployRole, ...roles, itself].flatMap((role) => deny('assumes another role', ['sts:AssumeRole'], role)),
    ...deny('reads another region', ['account:GetRegionOptStatus'], ownAccount(owner), { 'account:TargetRegion': 'eu-north-1' }),
    ...deny('changes regions', ['account:EnableRegion', 'account:DisableRegion'], ownAccount(owner), {
      'account:TargetRegion': region,
    }),
    ...deny(
      'reads more than alarms and metrics',
      ['cloudwatch:GetDashboard', 'cloudwatch:ListTagsForResource'],
      `arn:${world.partition}:cloudwatch::${owner}:dashboard/a`,
    ),
    ...deny(
      'reads more than alarms',
      ['cloudwatch:DescribeAlarmHistory'],
      `arn:${world.partition}:cloudwatch:${region}:${owner}:alarm:a`,
    ),
    ...deny('writes metrics', ['cloudwatch:PutMetricData'], metric(region, owner)),
    ...deny(
      'changes alarms',
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions'],
      `arn:${world.partition}:cloudwatch:${region}:${owner}:alarm:a`,
    ),
    ...deny(
      'looks at another queue',
      ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      `arn:${world.partition}:sqs:${region}:${owner}:another`,
    ),
    ...deny(
      'reads or changes failure events',
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SendMessage', 'sqs:SetQueueAttributes'],
      config.names.monitoring.failureQueue.arn,
    ),
    ...(side === 'source'
      ? [
          ...deny(
            'looks at another schedule',
            ['scheduler:GetSchedule'],
            `arn:${world.partition}:scheduler:${region}:${owner}:schedule/default/another`,
          ),
          ...deny(
            'changes schedules',
            ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:UpdateSchedule'],
            `arn:${world.partition}:scheduler:${region}:${owner}:schedule/${names.heartbeat.scheduleGroup.name}/a`,
          ),
        ]
      : config.pairs.flatMap(({ names: { heartbeatQueue } }) =>
          deny(
            'forges or removes heartbeats',
            ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SendMessage', 'sqs:SetQueueAttributes'],
            heartbeatQueue.arn,
          ),
        )),
    ...onTopics(world, side),
  ];
}

/** More with the topics than to look who is subscribed, and other topics. */
function onTopics(world: World, side: SideName): Request[] {
  const { config, partition } = world;
  const { name, principal } = sideOf(world, side);
  const { account, region } = config[side];
  const { regions } = config.names.monitoring;
  const ask = (what: string, actions: readonly string[], resource: string) =>
    each(actions, { name: `${name} ${what}`, principal, resource, owner: account });
  return [
    ...ALARM_PLACES.filter((place) => ALARM_SIDES[place].account === side).flatMap((where) =>
      ask(
        'notifies, changes who is told, or reads tags',
        ['sns:Publish', 'sns:Subscribe', 'sns:SetTopicAttributes', 'sns:ListTagsForResource'],
        regions[where].topic.arn,
      ),
    ),
    ...ask('looks at another topic', ['sns:ListSubscriptionsByTopic'], `arn:${partition}:sns:${region}:${account}:another`),
  ];
}

/** Buckets, key and verification role of the other account, which that account would let it use. */
function onTheOtherSide(world: World, side: SideName): Request[] {
  const own = sideOf(world, side);
  const other = sideOf(world, side === 'source' ? 'destination' : 'source');
  const shared = {
    name: `${own.name} in the other account`,
    principal: own.principal,
    owner: other.owner,
    deniedByEachHalf: true as const,
  };
  return [
    ...other.buckets.flatMap(({ arn, canaryKey }) => [
      ...each([...READ_BUCKET, ...CHANGE_BUCKET], { ...shared, resource: arn }),
      ...each([...own.canary, ...other.canary, ...CHANGE_OBJECT], { ...shared, resource: `${arn}/${canaryKey}` }),
      ...each([own.key, other.key], { ...shared, resource: other.keyArn, context: throughS3(other.region, arn) }),
    ]),
    { ...shared, action: 'sts:AssumeRole', resource: (other.principal as { readonly arn: string }).arn },
  ];
}

/** Only what verifies becomes the verification role. */
function assumption(world: World, side: SideName): Request[] {
  const { config } = world;
  const { administrator, names } = actorsOf(world);
  const { owner } = sideOf(world, side);
  const verifier = verifierOf(world, side);
  const accounts = [THIRD_ACCOUNT, config.source.account, config.destination.account];
  const principals: Principal[] = [
    ...accounts.map((account) => administrator(account)),
    ...accounts
      .filter((account) => account !== verifier.account)
      .map((account) => administrator(account, `role/${verifier.name}`)),
    administrator(verifier.account, 'root'),
    administrator(verifier.account, 'user/alice'),
    administrator(verifier.account, `role/${verifier.name}-2`),
    administrator(verifier.account, `role/service-role/${verifier.name}`),
    administrator(verifier.account, `role/${names.pipeline?.changesRole.name ?? names.delivery?.[side].roles.deploy.name}`),
    { kind: 'service', name: 'codebuild.amazonaws.com' },
    { kind: 'service', name: 'codepipeline.amazonaws.com' },
    { kind: 'anonymous' },
  ];
  const role = { resource: names[side].verificationRole.arn, owner };
  return [
    ...principals.map((principal) => ({
      ...role,
      name: 'somebody else than what verifies assumes a verification role',
      principal,
      action: 'sts:AssumeRole',
    })),
    {
      ...role,
      name: 'what verifies tags a session of a verification role',
      principal: administrator(verifier.account, `role/${verifier.name}`),
      action: 'sts:TagSession',
    },
  ];
}
