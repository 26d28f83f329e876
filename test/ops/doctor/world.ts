import { createHash } from 'node:crypto';
import { AccountClient, GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  KMSClient,
} from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListSubscriptionsByTopicCommand, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Context } from '../../../lib/cli/command';
import { type AccountName, SIDES, type SideName } from '../../../lib/config/replication-config';
import { alarmPlaces, alarmsIn } from '../../../lib/model/alarms';
import type { DeployedPair, Deployment } from '../../../lib/model/deployment';
import { failureEvents } from '../../../lib/model/failure-events';
import {
  HEARTBEAT_EVENT,
  heartbeatInput,
  heartbeatMinutes,
  heartbeatPairs,
  heartbeatQueueStatements,
  heartbeatRate,
  heartbeatTarget,
} from '../../../lib/model/heartbeat';
import {
  apiInventory,
  hasInventory,
  inventoryOf,
  REPORT_COLUMNS,
  type ReportPlace,
  reportKeyStatements,
  reportsOf,
} from '../../../lib/model/inventory';
import { bucketLockdown, keyLockdown } from '../../../lib/model/lockdown/statements';
import { ALARM_SIDES, alarmSide } from '../../../lib/model/names';
import { replicationPermissions } from '../../../lib/model/permissions';
import {
  failureQueueStatements,
  maxRetentionStatement,
  replicaBucketStatements,
  replicaKeyStatements,
  roleStatements,
} from '../../../lib/model/policies';
import { environmentsOf, type StackKind, stackPlace, stacksOf } from '../../../lib/model/stacks';
import type { Template, TemplateResource } from '../../../lib/model/template';
import type { CheckFinding, CheckResult } from '../../../lib/ops/doctor/check';
import { expectedAlarm, expectedLifecycle, expectedRule, queueTlsOnly, reportGrants } from '../../../lib/ops/doctor/configured';
import { diagnose } from '../../../lib/ops/doctor/diagnose';
import type { LiveStatement } from '../../../lib/ops/doctor/policy-document';
import { everyName } from '../../helpers/config';
import { deployedTemplates, templateId } from '../../helpers/deployed-templates';
import { testContext } from '../../helpers/ops';

export interface Key {
  arn: string;
  state: string;
  rotation: number | undefined;
  policy: LiveStatement[];
  /** What else KMS says of it. @default - nothing */
  metadata?: Partial<KeyMetadata>;
}

export interface Bucket {
  region: string;
  /** @default - the account of its side */
  owner?: string;
  versioning: s3.BucketVersioningStatus | undefined;
  publicAccess: s3.PublicAccessBlockConfiguration | undefined;
  ownership: s3.ObjectOwnership | undefined;
  payer: s3.Payer;
  objectLock: s3.ObjectLockConfiguration | undefined;
  lifecycle: s3.LifecycleRule[] | undefined;
  encryption: s3.ServerSideEncryptionRule | undefined;
  policy: LiveStatement[];
  replication: s3.ReplicationConfiguration | undefined;
  notifications: s3.NotificationConfiguration;
  /** That of the pair. */
  inventory: s3.InventoryConfiguration | undefined;
}

export interface Queue {
  attributes: Record<string, string>;
  policy: LiveStatement[];
}

export interface Schedule {
  State: string;
  ScheduleExpression: string;
  Target: { Arn: string; RoleArn: string; Input: string };
}

export interface Role {
  /** @default - nobody asks for it */
  arn?: string;
  trust: LiveStatement[];
  inline: Record<string, LiveStatement[]>;
  attached: string[];
  boundary: string | undefined;
}

export interface Stack {
  StackName: string;
  StackStatus: string;
  EnableTerminationProtection: boolean;
  CreationTime?: Date;
  LastUpdatedTime?: Date;
  Outputs: { OutputKey: string; OutputValue: string }[];
}

/** What AWS holds. A test breaks it by changing it. */
export interface World {
  readonly names: ReturnType<typeof everyName>;
  /** The source account in the destination region is `monitoring`. */
  regions: Record<SideName | 'monitoring', string>;
  stacks: Partial<Record<StackKind, Stack>>;
  parameters: Record<AccountName | 'monitoring', Record<string, string>>;
  keys: Partial<Record<SideName, Key>>;
  /** Keys of source buckets that are owned elsewhere, by ARN. */
  ownersKeys: Record<string, Key>;
  buckets: Record<string, Bucket>;
  /** Text of the objects of inventory reports, by bucket and key. */
  reports: Record<string, Record<string, string>>;
  roles: Record<string, Role>;
  /** Audiences of OIDC providers, by ARN. */
  providers: Record<string, string[]>;
  /** The boundary that the deployed templates set on roles. @default - none */
  deployedBoundary?: string;
  /** What the stacks were deployed from. @default - the configuration of the command */
  deployedFrom?: Deployment;
  /** Changes each deployed template, as the code of a user's own app does. @default - as this project makes it */
  templateChange?: (template: Template) => void;
  /** Metric names by `side region`. */
  metrics: Record<string, string[]>;
  failedOperations: number;
  /** Calls of S3 by schedule that were refused in a day. */
  scheduleErrors: number;
  queue: Queue | undefined;
  /** The queues that count heartbeats, by name. */
  heartbeatQueues: Record<string, Queue>;
  /** The schedules of the heartbeats, by name. */
  schedules: Record<string, Schedule>;
  /** Alarms by `side region`. */
  alarms: Record<string, MetricAlarm[]>;
  /** Composite alarms by `side region`. */
  composites: Record<string, CompositeAlarm[]>;
  /** Subscriptions by the ARN of the topic. */
  topics: Record<string, Subscription[]>;
  /** Answers an operation with an error. */
  fault: (operation: string, side: SideName, region: string) => Error | undefined;
}

export const KEY_IDS = {
  source: '1111aaaa-12ab-34cd-56ef-1234567890ab',
  destination: '2222bbbb-12ab-34cd-56ef-1234567890ab',
} as const;

/** A deployment in which everything is right, in the spelling that AWS gives back. */
export function healthyWorld(config: Deployment): World {
  const names = everyName(config);
  const keyArn = (side: SideName) => `arn:aws:kms:${config[side].region}:${config[side].account}:key/${KEY_IDS[side]}`;
  const arns = { source: keyArn('source'), replica: keyArn('destination') };
  const world: World = {
    names,
    regions: { source: 'ENABLED_BY_DEFAULT', destination: 'ENABLED', monitoring: 'ENABLED' },
    stacks: {},
    parameters: {
      source: {},
      destination: {},
      monitoring: { '/cdk-bootstrap/hnb659fds/version': '33' },
      pipeline: { '/cdk-bootstrap/hnb659fds/version': '33' },
    },
    keys: {},
    ownersKeys: {},
    buckets: {},
    reports: {},
    roles: {},
    providers: {},
    metrics: {
      [`source ${config.source.region}`]: ['OperationsFailedReplication'],
      [`source ${config.destination.region}`]: ['ReplicationLatency', 'BytesPendingReplication'],
    },
    failedOperations: 0,
    queue: {
      attributes: { SqsManagedSseEnabled: 'true', MessageRetentionPeriod: '1209600' },
      policy: [queueTlsOnly(config.names.monitoring.failureQueue), ...failureQueueStatements(config)].map(single),
    },
    scheduleErrors: 0,
    heartbeatQueues: {},
    schedules: {},
    alarms: {},
    composites: {},
    topics: {},
    fault: () => undefined,
  };
  for (const kind of stacksOf(config)) {
    world.stacks[kind] = {
      StackName: stackPlace(config, kind).stackName,
      StackStatus: 'CREATE_COMPLETE',
      EnableTerminationProtection: config.terminationProtection,
      Outputs: kind === 'destination' ? [{ OutputKey: names.exchange.outputName, OutputValue: arns.replica }] : [],
    };
  }
  for (const side of SIDES) {
    const arn = keyArn(side);
    world.parameters[side] = { '/cdk-bootstrap/hnb659fds/version': '33', [names[side].keyParameter]: arn };
    world.keys[side] = {
      arn,
      state: 'Enabled',
      rotation: config.keyRotationDays,
      // KMS gives back the account's root where the account was written, and the other way round.
      policy: [
        { Effect: 'Allow', Principal: { AWS: config[side].account }, Action: ['kms:*'], Resource: ['*'] },
        ...reportKeyStatements(config, side).map(single),
      ],
    };
  }
  for (const place of alarmPlaces(config)) {
    const at = `${ALARM_SIDES[place].account} ${alarmSide(config, place).region}`;
    const { composite, topic } = config.names.monitoring.regions[place];
    world.alarms[at] = alarmsIn(config, place).map((alarm) => ({ ...expectedAlarm(alarm) }));
    world.composites[at] = [
      {
        AlarmName: composite.name,
        ActionsEnabled: true,
        AlarmActions: [topic.arn],
        AlarmRule: alarmsIn(config, place)
          .map(({ name }) => `ALARM("${name}")`)
          .join(' OR '),
      },
    ];
    world.topics[topic.arn] = [subscriptionOf(config.monitoring.email ?? 'ops@example.com', `${topic.arn}:6f2d`)];
  }
  for (const pair of heartbeatPairs(config.heartbeat, config.pairs)) {
    const { heartbeatQueue, heartbeatRole, ruleId } = pair.names;
    world.heartbeatQueues[heartbeatQueue.name] = {
      attributes: { SqsManagedSseEnabled: 'true', MessageRetentionPeriod: '60' },
      policy: [queueTlsOnly(heartbeatQueue), ...heartbeatQueueStatements(config, pair)].map(single),
    };
    world.schedules[ruleId] = {
      State: 'ENABLED',
      ScheduleExpression: heartbeatRate(heartbeatMinutes(config) ?? 0),
      Target: {
        Arn: heartbeatTarget(config.source),
        RoleArn: heartbeatRole.arn,
        Input: JSON.stringify(heartbeatInput(config, pair)),
      },
    };
  }
  if (config.pipeline !== undefined) {
    for (const { account, region } of environmentsOf(config).filter(({ owner }) => owner !== 'pipeline')) {
      world.roles[`cdk-hnb659fds-deploy-role-${account}-${region}`] = {
        trust: [account, config.pipeline.account].map((trusted) => ({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${trusted}:root` },
          Action: 'sts:AssumeRole',
        })),
        inline: {},
        attached: [],
        boundary: undefined,
      };
    }
  }
  for (const side of config.delivery === undefined ? [] : SIDES) {
    const { providerArn, roles } = config.names.delivery?.[side] ?? { providerArn: '', roles: {} };
    world.providers[providerArn] = ['sts.amazonaws.com'];
    for (const [job, { name }] of Object.entries(roles)) {
      const environment = job === 'deploy' ? 'backup' : `backup-${job}`;
      world.roles[name] = {
        trust: [
          {
            Effect: 'Allow',
            Principal: { Federated: providerArn },
            Action: ['sts:AssumeRoleWithWebIdentity'],
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:sub': [`repo:example/backups:environment:${environment}`],
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              },
            },
          },
        ],
        inline: {},
        attached: [],
        boundary: undefined,
      };
    }
  }
  const reader = config.keyExchange === 'stack-output' ? names.exchange.readerRole : undefined;
  if (reader !== undefined) {
    const { account, region } = config.source;
    world.roles[reader.name] = {
      trust: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'sts:AssumeRole',
          Condition: {
            ArnEquals: { 'aws:principalarn': `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}` },
          },
        },
      ],
      inline: {
        ReadStackOutput: [
          {
            Sid: 'ReadDestinationStack',
            Effect: 'Allow',
            Action: 'cloudformation:DescribeStacks',
            Resource: `arn:aws:cloudformation:${config.destination.region}:${config.destination.account}:stack/${names.destination.stackName}/*`,
          },
        ],
      },
      attached: [],
      boundary: undefined,
    };
  }
  const { account: backup, region: replicaRegion } = config.destination;
  const exempt = config.lockdown && {
    breakGlass: config.lockdown.breakGlassRoleArn,
    execution: `arn:aws:iam::${backup}:role/cdk-hnb659fds-cfn-exec-role-${backup}-${replicaRegion}`,
  };
  if (exempt !== undefined) {
    const { breakGlass } = exempt;
    world.keys.destination?.policy.push(
      ...keyLockdown(config.destination.keyArn === undefined ? exempt : { breakGlass }).map(single),
    );
    world.roles[exempt.breakGlass.replace(/^.*\//, '')] = {
      arn: exempt.breakGlass,
      trust: [],
      inline: {},
      attached: [],
      boundary: undefined,
    };
  }
  names.pairs.forEach((pair, index) => {
    const configured = config.pairs[index];
    if (configured === undefined) {
      return;
    }
    world.keys.destination?.policy.push(...replicaKeyStatements(config, pair).map(single));
    world.roles[pair.replicationRole.name] = {
      trust: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      inline: {
        Replication: roleStatements(replicationPermissions(config, pair, arns))
          .map(single)
          .toReversed(),
      },
      attached: [],
      boundary: undefined,
    };
    Object.assign(world.parameters.source, {
      [pair.parameters.sourceBucket]: pair.sourceBucket.arn,
      [pair.parameters.replicationRole]: pair.replicationRole.arn,
    });
    world.parameters.destination[pair.parameters.replicaBucket] = pair.replicaBucket.arn;
    const { sourceBucket: owned } = configured;
    for (const ownersKey of owned?.keyArns ?? []) {
      const delegation = { Effect: 'Allow', Principal: { AWS: config.source.account }, Action: 'kms:*', Resource: '*' };
      world.ownersKeys[ownersKey] = { arn: ownersKey, state: 'Enabled', rotation: undefined, policy: [delegation] };
    }
    for (const place of hasInventory(config, configured) ? Object.values(reportsOf(config, configured)) : []) {
      const isAboutSource = place.prefix.startsWith('source/');
      Object.assign(
        (world.reports[place.bucket.name] ??= {}),
        reportObjects(place, (isAboutSource ? pair.sourceBucket : pair.replicaBucket).name),
      );
    }
    for (const side of SIDES) {
      const { name, arn } = side === 'source' ? pair.sourceBucket : pair.replicaBucket;
      world.buckets[name] = {
        region: config[side].region,
        versioning: 'Enabled',
        publicAccess: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
        ownership: 'BucketOwnerEnforced',
        payer: 'BucketOwner',
        // S3 gives the rules back in no particular order.
        lifecycle: expectedLifecycle(configured, side).toReversed(),
        objectLock: objectLockOf(configured, side),
        encryption: {
          ApplyServerSideEncryptionByDefault:
            side === 'source' && owned !== undefined && owned.keyArns.length === 0
              ? { SSEAlgorithm: 'AES256' }
              : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: (side === 'source' && owned?.keyArns[0]) || keyArn(side) },
          BucketKeyEnabled: configured.bucketKeys,
        },
        policy: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [`${arn}/*`, arn],
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
          ...(side === 'source' ? [] : replicaBucketStatements(config, pair).map(single)),
          ...(side === 'source' ? [] : maxRetentionStatement(configured, pair).map(single)),
          ...reportGrants(config, side, configured).map(single),
          ...(side === 'source' || exempt === undefined
            ? []
            : bucketLockdown(configured, configured.replicaBucket === undefined ? exempt : { breakGlass: exempt.breakGlass }).map(
                single,
              )),
        ],
        inventory: liveInventory(config, configured, side),
        replication:
          side === 'source'
            ? { Role: pair.replicationRole.arn, Rules: [expectedRule(config, configured, arns.replica)] }
            : undefined,
        notifications:
          side === 'source'
            ? {
                QueueConfigurations: failureEvents(configured).map((event) => ({
                  QueueArn: config.names.monitoring.failureQueue.arn,
                  Events: [event as s3.Event],
                })),
              }
            : heartbeatMinutes(config, [configured]) === undefined
              ? {}
              : {
                  QueueConfigurations: [
                    {
                      QueueArn: pair.heartbeatQueue.arn,
                      Events: [HEARTBEAT_EVENT.event],
                      // S3 gives the name back with a capital.
                      Filter: { Key: { FilterRules: [{ Name: 'Suffix' as s3.FilterRuleName, Value: HEARTBEAT_EVENT.suffix }] } },
                    },
                  ],
                },
      };
    }
  });
  return world;
}

/** S3 gives back its parts in an order of its own. */
function liveInventory(config: Deployment, pair: DeployedPair, side: SideName): s3.InventoryConfiguration | undefined {
  const inventory = inventoryOf(config, pair, side);
  return (
    inventory &&
    ({ ...apiInventory({ ...inventory, optionalFields: inventory.optionalFields.toReversed() }) } as s3.InventoryConfiguration)
  );
}

/** The folder of the last report of a healthy world, 20 hours before its clock. */
export const LAST_REPORT = '2026-10-31T16-00Z';

/** A report as S3 writes it, by key; each file has its name for content. */
export function reportObjects(
  { prefix }: Pick<ReportPlace, 'prefix'>,
  about: string,
  folder = LAST_REPORT,
  more: object = {},
): Record<string, string> {
  const files = [1, 2].map((number) => `${prefix}data/${folder}-${number}.parquet`);
  const manifest = JSON.stringify({
    sourceBucket: about,
    creationTimestamp: '1793462400000',
    fileFormat: 'Parquet',
    fileSchema: `message s3.inventory { ${REPORT_COLUMNS.map((column) => `optional binary ${column} (UTF8);`).join(' ')}}`,
    files: files.map((key) => ({ key, size: key.length, MD5checksum: '0'.repeat(32) })),
    ...more,
  });
  return {
    ...Object.fromEntries(files.map((key) => [key, key])),
    [`${prefix}${folder}/manifest.json`]: manifest,
    [`${prefix}${folder}/manifest.checksum`]: createHash('md5').update(manifest).digest('hex'),
  };
}

function objectLockOf({ objectLock, sourceObjectLock }: DeployedPair, side: SideName): s3.ObjectLockConfiguration | undefined {
  if (side === 'source') {
    return sourceObjectLock ? { ObjectLockEnabled: 'Enabled' } : undefined;
  }
  return objectLock && lockFor(objectLock.mode, objectLock.days);
}

/** Object Lock with a default retention. */
export function lockFor(mode: 'GOVERNANCE' | 'COMPLIANCE', days: number): s3.ObjectLockConfiguration {
  return { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: mode, Days: days } } };
}

/** A subscription by mail. @param arn or the word that SNS puts in its place */
export function subscriptionOf(address: string, arn: string): Subscription {
  return { SubscriptionArn: arn, Protocol: 'email', Endpoint: address };
}

/** A list of one is written without the list. */
function single(statement: object): LiveStatement {
  return Object.fromEntries(
    Object.entries(statement).map(([element, value]) => [element, Array.isArray(value) && value.length === 1 ? value[0] : value]),
  );
}

/** An error as AWS's services give it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

const document = (statements: LiveStatement[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const S3_READS: readonly (readonly [command: unknown, read: (bucket: Bucket) => unknown])[] = [
  [
    s3.GetBucketLifecycleConfigurationCommand,
    ({ lifecycle }: Bucket) => (lifecycle ? { Rules: lifecycle } : refuse(awsError('NoSuchLifecycleConfiguration'))),
  ],
  [s3.GetBucketVersioningCommand, (bucket: Bucket) => ({ Status: bucket.versioning })],
  [
    s3.GetPublicAccessBlockCommand,
    ({ publicAccess }: Bucket) =>
      publicAccess ? { PublicAccessBlockConfiguration: publicAccess } : refuse(awsError('NoSuchPublicAccessBlockConfiguration')),
  ],
  [
    s3.GetBucketOwnershipControlsCommand,
    ({ ownership }: Bucket) =>
      ownership
        ? { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } }
        : refuse(awsError('OwnershipControlsNotFoundError')),
  ],
  [s3.GetBucketRequestPaymentCommand, ({ payer }: Bucket) => ({ Payer: payer })],
  [
    s3.GetObjectLockConfigurationCommand,
    ({ objectLock }: Bucket) =>
      objectLock ? { ObjectLockConfiguration: objectLock } : refuse(awsError('ObjectLockConfigurationNotFoundError')),
  ],
  [
    s3.GetBucketEncryptionCommand,
    ({ encryption }: Bucket) =>
      encryption
        ? { ServerSideEncryptionConfiguration: { Rules: [encryption] } }
        : refuse(awsError('ServerSideEncryptionConfigurationNotFoundError')),
  ],
  [
    s3.GetBucketPolicyCommand,
    ({ policy }: Bucket) => (policy.length > 0 ? { Policy: document(policy) } : refuse(awsError('NoSuchBucketPolicy'))),
  ],
  [
    s3.GetBucketReplicationCommand,
    ({ replication }: Bucket) =>
      replication ? { ReplicationConfiguration: replication } : refuse(awsError('ReplicationConfigurationNotFoundError')),
  ],
  [s3.HeadBucketCommand, ({ region }: Bucket) => ({ BucketRegion: region })],
  [
    s3.GetBucketInventoryConfigurationCommand,
    ({ inventory }: Bucket) => (inventory ? { InventoryConfiguration: inventory } : refuse(awsError('NoSuchConfiguration'))),
  ],
  [s3.GetBucketNotificationConfigurationCommand, ({ notifications }: Bucket) => ({ ...notifications, $metadata: {} })],
];

/** S3 refuses every request that expects another owner. */
function isOfAnother({ owner }: Bucket, { ExpectedBucketOwner: expected }: { readonly ExpectedBucketOwner?: string }): boolean {
  return owner !== undefined && expected !== undefined && owner !== expected;
}

function refuse(error: Error): never {
  throw error;
}

/** A question, and who asks it where. */
export interface Asked {
  readonly input: Record<string, string | undefined>;
  readonly owner: AccountName;
  readonly side: SideName;
  readonly region: string;
}

/** A client of the SDK, as far as it is needed to tell who asks. */
interface Client {
  readonly config: { readonly credentials: () => Promise<{ accessKeyId: string }>; readonly region: () => Promise<string> };
}

interface Command {
  readonly input: Record<string, string | undefined>;
}

const CLIENTS = [
  AccountClient,
  CloudFormationClient,
  CloudWatchClient,
  IAMClient,
  KMSClient,
  s3.S3Client,
  SchedulerClient,
  SNSClient,
  SQSClient,
  SSMClient,
] as unknown as readonly { readonly prototype: { send: (command: Command) => unknown } }[];

/** The resources of a template, for a change. */
export function resourcesIn(template: Template) {
  return template['Resources'] as Record<string, Omit<TemplateResource, 'Properties'> & { Properties: Record<string, unknown> }>;
}

/** Makes every client answer from a world. */
export function serve(config: Deployment, current: () => World): { restore: () => void; operations: () => string[] } {
  const asked: string[] = [];
  const answers = answersOf(config, current);
  const send = async ({ config: client }: Client, command: Command) => {
    const { accessKeyId: account } = await client.credentials();
    const owner =
      account === config.pipeline?.account ? 'pipeline' : account === config.source.account ? 'source' : 'destination';
    const side = owner === 'source' ? 'source' : 'destination';
    const region = await client.region();
    const operation = command.constructor.name.replace(/Command$/, '');
    asked.push(operation);
    const fault = current().fault(operation, side, region);
    if (fault !== undefined) {
      throw fault;
    }
    const answer = answers.get(command.constructor) ?? refuse(new Error(`nothing answers ${operation}`));
    return answer({ input: command.input, owner, side, region });
  };
  const spies = CLIENTS.map(({ prototype }) =>
    jest.spyOn(prototype, 'send').mockImplementation(function (this: Client, command: Command) {
      return send(this, command);
    }),
  );
  return { restore: () => spies.forEach((spy) => spy.mockRestore()), operations: () => asked };
}

/** What a world answers, by the class of the command; or an error with AWS's name for it. */
export function answersOf(config: Deployment, current: () => World): Map<unknown, (asked: Asked) => unknown> {
  const answers = new Map<unknown, (asked: Asked) => unknown>();
  const on = (command: unknown, answer: (asked: Asked) => unknown) => answers.set(command, answer);
  const environmentOf = (side: SideName, region: string | undefined) =>
    side === 'source' && region === config.destination.region ? 'monitoring' : side;

  on(GetRegionOptStatusCommand, ({ input, side }) => ({
    RegionOptStatus: current().regions[environmentOf(side, input['RegionName'])],
  }));
  on(GetParameterCommand, ({ input, owner, side, region }) => {
    const place = owner === 'pipeline' ? owner : environmentOf(side, region);
    const value = current().parameters[place][input['Name'] ?? ''];
    return value === undefined ? refuse(awsError('ParameterNotFound')) : { Parameter: { Value: value } };
  });
  /** Where it is, and nowhere else. */
  const stackOf = ({ input, side, region }: Asked): Stack => {
    const kind = stacksOf(config).find((one) => {
      const place = stackPlace(config, one);
      return place.stackName === input['StackName'] && place.owner === side && place.region === region;
    });
    const stack = kind === undefined ? undefined : current().stacks[kind];
    return stack ?? refuse(awsError('ValidationError', `Stack with id ${input['StackName']} does not exist`));
  };
  on(DescribeStacksCommand, (asked) => ({ Stacks: [stackOf(asked)] }));

  on(GetTemplateCommand, (asked) => {
    const { side, region } = asked;
    const { StackName: stackName } = stackOf(asked);
    const { deployedFrom = config, deployedBoundary: boundary, templateChange } = current();
    const recorded = config.keyExchange === 'ssm' ? { [config.names.exchange.contextKey]: current().keys.destination?.arn } : {};
    const at = { account: config[side].account, region, stackName };
    const deployed = deployedTemplates(deployedFrom, recorded)[templateId(at)];
    const template = structuredClone(
      deployed ?? refuse(awsError('ValidationError', `Stack with id ${stackName} does not exist`)),
    );
    const resources = Object.values(resourcesIn(template));
    for (const { Properties: properties } of resources.filter(({ Type }) => Type === 'AWS::IAM::Role')) {
      Object.assign(properties, boundary === undefined ? {} : { PermissionsBoundary: boundary });
    }
    templateChange?.(template);
    // CloudFormation does not give back letters beyond ASCII.
    return { TemplateBody: JSON.stringify(template).replaceAll(/[^\p{ASCII}]/gu, '?') };
  });

  const keyOf = ({ input, side }: Asked) =>
    current().ownersKeys[input['KeyId'] ?? ''] ?? current().keys[side] ?? refuse(awsError('NotFoundException'));
  on(DescribeKeyCommand, (question) => {
    const { arn, state, metadata } = keyOf(question);
    const DeletionDate = state === 'PendingDeletion' ? new Date('2026-12-01T00:00:00Z') : undefined;
    return { KeyMetadata: { Arn: arn, KeyId: arn.split('/')[1], KeyState: state, DeletionDate, ...metadata } };
  });
  on(GetKeyRotationStatusCommand, (question) => {
    const { rotation } = keyOf(question);
    return { KeyRotationEnabled: rotation !== undefined, RotationPeriodInDays: rotation };
  });
  on(GetKeyPolicyCommand, (question) => ({ Policy: document(keyOf(question).policy) }));

  const roleOf = ({ input }: Asked) => current().roles[input['RoleName'] ?? ''] ?? refuse(awsError('NoSuchEntityException'));
  on(GetOpenIDConnectProviderCommand, ({ input }) => {
    const audiences = current().providers[input['OpenIDConnectProviderArn'] ?? ''];
    return audiences === undefined ? refuse(awsError('NoSuchEntity')) : { ClientIDList: audiences };
  });
  on(GetRoleCommand, (question) => {
    const { arn, trust, boundary } = roleOf(question);
    return {
      Role: {
        ...(arn !== undefined && { Arn: arn }),
        AssumeRolePolicyDocument: encodeURIComponent(document(trust)),
        ...(boundary !== undefined && { PermissionsBoundary: { PermissionsBoundaryArn: boundary } }),
      },
    };
  });
  on(GetRolePolicyCommand, (question) => ({
    PolicyDocument: encodeURIComponent(document(roleOf(question).inline[question.input['PolicyName'] ?? ''] ?? [])),
  }));
  on(ListRolePoliciesCommand, (question) => ({ PolicyNames: Object.keys(roleOf(question).inline) }));
  on(ListAttachedRolePoliciesCommand, (question) => ({
    AttachedPolicies: roleOf(question).attached.map((PolicyArn) => ({ PolicyArn })),
  }));

  for (const [command, read] of S3_READS) {
    on(command, ({ input }) => {
      const bucket = current().buckets[input['Bucket'] ?? ''];
      return bucket === undefined
        ? refuse(awsError(command === s3.HeadBucketCommand ? 'NotFound' : 'NoSuchBucket'))
        : isOfAnother(bucket, input)
          ? refuse(awsError('AccessDenied'))
          : read(bucket);
    });
  }

  on(s3.ListObjectsV2Command, ({ input }) => {
    const { Bucket: bucket = '', Prefix: prefix = '', Delimiter: delimiter } = input;
    const keys = Object.keys(current().reports[bucket] ?? {}).filter((key) => key.startsWith(prefix));
    const folders = keys.flatMap((key) => key.slice(prefix.length).split('/', 2)).filter((_, index) => index % 2 === 0);
    return delimiter === undefined
      ? { Contents: keys.map((Key) => ({ Key, Size: current().reports[bucket]?.[Key]?.length })) }
      : { CommonPrefixes: [...new Set(folders)].map((folder) => ({ Prefix: `${prefix}${folder}/` })) };
  });
  on(s3.GetObjectCommand, ({ input }) => {
    const text = current().reports[input['Bucket'] ?? '']?.[input['Key'] ?? ''];
    return text === undefined ? refuse(awsError('NoSuchKey')) : { Body: { transformToString: async () => text } };
  });

  on(ListMetricsCommand, ({ side, region }) => ({
    Metrics: (current().metrics[`${side} ${region}`] ?? []).map((MetricName) => ({ MetricName })),
  }));
  on(GetMetricDataCommand, ({ input }) => {
    const values: Record<string, number[]> = {
      m0: [current().failedOperations],
      attempted: [24],
      failed: [current().scheduleErrors],
    };
    const { MetricDataQueries: queries = [] } = input as unknown as GetMetricDataCommandInput;
    return { MetricDataResults: queries.map(({ Id = '' }) => ({ Id, StatusCode: 'Complete', Values: values[Id] ?? [] })) };
  });
  on(DescribeAlarmsCommand, ({ input, side, region }) => {
    const wanted = input['AlarmNames'] as unknown as string[];
    const named = <T extends { AlarmName?: string }>(all: T[] = []) =>
      all.filter(({ AlarmName: name = '' }) => wanted.includes(name));
    return {
      MetricAlarms: named(current().alarms[`${side} ${region}`]),
      CompositeAlarms: named(current().composites[`${side} ${region}`]),
    };
  });

  const queueNamed = (side: SideName, name: string) =>
    (side === 'source' ? current().queue : current().heartbeatQueues[name]) ?? refuse(awsError('QueueDoesNotExist'));
  on(GetQueueUrlCommand, ({ input, side }) => {
    queueNamed(side, input['QueueName'] ?? '');
    return { QueueUrl: `https://sqs.example/${input['QueueName']}` };
  });
  on(GetQueueAttributesCommand, ({ input, side }) => {
    const { attributes, policy } = queueNamed(side, (input['QueueUrl'] ?? '').replace(/^.*\//, ''));
    return { Attributes: { ...attributes, Policy: document(policy) } };
  });
  on(
    GetScheduleCommand,
    ({ input }) => current().schedules[input['Name'] ?? ''] ?? refuse(awsError('ResourceNotFoundException')),
  );
  on(ListSubscriptionsByTopicCommand, ({ input, side, region }) => {
    const arn = input['TopicArn'] ?? '';
    // Where it is, and nowhere else.
    const isThere = arn.split(':')[4] === config[side].account && arn.split(':')[3] === region;
    const subscriptions = isThere ? current().topics[arn] : undefined;
    // One at a time.
    const next = Number(input['NextToken'] ?? 0);
    return subscriptions === undefined
      ? refuse(awsError('NotFoundException'))
      : {
          Subscriptions: subscriptions.slice(next, next + 1),
          NextToken: next + 1 < subscriptions.length ? String(next + 1) : undefined,
        };
  });
  return answers;
}

/** A configuration, what AWS holds of it, and the command's context. */
export function deployment(keys: Record<string, unknown> = {}, overrides: Partial<Context> = {}) {
  const { context, recorded } = testContext(keys, overrides);
  const world = healthyWorld(context.config);
  const { restore, operations } = serve(context.config, () => world);
  return { context, recorded, world, restore, operations };
}

/** What doctor finds after something was broken. */
export async function diagnoseBroken(
  breakIt: (world: World) => void,
  keys: Record<string, unknown> = {},
  overrides: Partial<Context> = {},
): Promise<CheckResult[]> {
  const { context, world, restore } = deployment(keys, overrides);
  try {
    breakIt(world);
    return await diagnose(context);
  } finally {
    restore();
  }
}

/** The failures among results, by check. */
export function failures(results: readonly CheckResult[]): Record<string, Extract<CheckFinding, { status: 'failed' }>> {
  return Object.fromEntries(results.flatMap(({ id, finding }) => (finding.status === 'failed' ? [[id, finding] as const] : [])));
}

/** The ids of checks without an answer. */
export function unanswered(results: readonly CheckResult[]): string[] {
  return results.flatMap(({ id, finding }) => (finding.status === 'unknown' ? [id] : []));
}
