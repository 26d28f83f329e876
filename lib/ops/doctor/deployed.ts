import type { Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type {
  LifecycleRule,
  ObjectLockConfiguration,
  PublicAccessBlockConfiguration,
  ReplicationConfiguration,
  ReplicationRule,
} from '@aws-sdk/client-s3';
import type { SideName } from '../../config/replication-config';
import type { Adoption } from '../../model/adoption';
import { alarmsIn } from '../../model/alarms';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type ApiInventory, apiInventory, inventoryId, type OwnersInventory } from '../../model/inventory';
import type { AlarmPlace, NamedArn } from '../../model/names';
import { ALARM_STACKS, HEALTH_STACKS, type StackKind } from '../../model/stacks';
import type { DeployedResource, DeployedTemplate } from './deployed-template';
import {
  alarmsInRule,
  type Expected,
  type ExpectedEncryption,
  type ExpectedEvent,
  type ExpectedHealth,
  type ExpectedQueue,
  type ExpectedRole,
  type ExpectedSchedule,
  type ExpectedSubscription,
  queueEncryption,
} from './expected';
import { type LivePolicy, type LiveStatement, listOf } from './policy-document';

/**
 * What the deployed templates say of the resources, whatever the configuration says now: deployed from another configuration, by an older
 * release, or changed by code of the user's own app. The configuration answers for a resource that no deployed template has.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export class Deployed implements Expected {
  /** @param template of a stack; empty where it is not deployed */
  constructor(
    private readonly config: Deployment,
    private readonly template: (stack: StackKind) => Promise<DeployedTemplate>,
    private readonly configured: Expected,
  ) {}

  versioning(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.bucket(side, pair, 'versioning', async (bucket) => {
      const versioning = await read<{ Status?: string }>(bucket, 'VersioningConfiguration');
      return versioning?.Status;
    });
  }

  publicAccess(side: SideName, pair: DeployedPair): Promise<PublicAccessBlockConfiguration> {
    return this.bucket(
      side,
      pair,
      'publicAccess',
      async (bucket) => (await read<PublicAccessBlockConfiguration>(bucket, 'PublicAccessBlockConfiguration')) ?? {},
    );
  }

  ownership(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.bucket(side, pair, 'ownership', async (bucket) => {
      const controls = await read<{ Rules?: { ObjectOwnership?: string }[] }>(bucket, 'OwnershipControls');
      return controls?.Rules?.[0]?.ObjectOwnership;
    });
  }

  encryption(side: SideName, pair: DeployedPair): Promise<ExpectedEncryption> {
    return this.bucket(side, pair, 'encryption', async (bucket) => {
      const encryption = await read<TemplateEncryption>(bucket, 'BucketEncryption');
      const [rule] = encryption?.ServerSideEncryptionConfiguration ?? [];
      const { SSEAlgorithm: algorithm = 'AES256', KMSMasterKeyID: key } = rule?.ServerSideEncryptionByDefault ?? {};
      return { algorithm, ...(key !== undefined && { key }), bucketKey: rule?.BucketKeyEnabled === true };
    });
  }

  objectLock(side: SideName, pair: DeployedPair): Promise<ObjectLockConfiguration | undefined> {
    return this.bucket(side, pair, 'objectLock', async (bucket) => {
      const isOn = (await bucket.get('ObjectLockEnabled')) === true;
      const lock = await read<ObjectLockConfiguration>(bucket, 'ObjectLockConfiguration');
      const { Mode: mode, ...period } = lock?.Rule?.DefaultRetention ?? {};
      const rule = mode && { Rule: { DefaultRetention: { Mode: mode, ...period } } };
      return isOn ? { ObjectLockEnabled: 'Enabled', ...rule } : undefined;
    });
  }

  lifecycle(side: SideName, pair: DeployedPair): Promise<readonly LifecycleRule[]> {
    return this.bucket(side, pair, 'lifecycle', async (bucket) => {
      const lifecycle = await read<{ Rules?: TemplateLifecycleRule[] }>(bucket, 'LifecycleConfiguration');
      return (lifecycle?.Rules ?? []).map(lifecycleRule);
    });
  }

  async inventory(side: SideName, pair: DeployedPair): Promise<ApiInventory | undefined> {
    if (side === 'source' && pair.sourceBucket !== undefined) {
      return (await this.ownersInventory(pair))?.inventory;
    }
    return this.bucket(side, pair, 'inventory', async (bucket) => {
      const all = (await read<TemplateInventory[]>(bucket, 'InventoryConfigurations')) ?? [];
      const own = all.find(({ Id: id }) => id === inventoryId(pair));
      return own && toInventory(own);
    });
  }

  async replication(pair: DeployedPair): Promise<ReplicationConfiguration> {
    const adoption = await this.adoption(pair);
    if (adoption !== undefined) {
      return { Role: adoption.roleArn, Rules: [adoption.rule as ReplicationRule] };
    }
    return this.answer('source', 'AWS::S3::Bucket', pair.names.sourceBucket, {
      configured: () => this.configured.replication(pair),
      of: async (bucket) => {
        const replication = await read<TemplateReplication>(bucket, 'ReplicationConfiguration');
        return { Role: replication?.Role, Rules: (replication?.Rules ?? []).map(toRule) };
      },
    });
  }

  async notifications(side: SideName, pair: DeployedPair): Promise<readonly ExpectedEvent[]> {
    const adoption = side === 'source' ? await this.adoption(pair) : undefined;
    if (adoption !== undefined) {
      const { QueueArn: arn, Events: events } = adoption.notification;
      return events.map((event) => ({ arn, event }));
    }
    return this.bucket(side, pair, 'notifications', async (bucket) => {
      const sent = (await read<TemplateNotifications>(bucket, 'NotificationConfiguration')) ?? {};
      const all = [
        ...(sent.QueueConfigurations ?? []),
        ...(sent.TopicConfigurations ?? []),
        ...(sent.LambdaConfigurations ?? []),
      ];
      return all.map(({ Event: event, Filter: filter, Queue: queue, Topic: topic, Function: lambda }) => {
        const suffix = filter?.S3Key?.Rules?.find(({ Name: name }) => name?.toLowerCase() === 'suffix')?.Value;
        return { arn: queue ?? topic ?? lambda ?? '', event, ...(suffix !== undefined && { suffix }) };
      });
    });
  }

  bucketPolicy(side: SideName, pair: DeployedPair): Promise<readonly LiveStatement[]> {
    return this.bucket(side, pair, 'bucketPolicy', async (bucket) => {
      const template = await this.template(side);
      const policies = await Promise.all(
        template
          .ofType('AWS::S3::BucketPolicy')
          .map(async (policy) => ((await policy.get('Bucket')) === bucket.name ? [policy] : [])),
      );
      return statementsOf(policies.flat());
    });
  }

  async keyPolicy(side: SideName): Promise<readonly LiveStatement[]> {
    const key = await this.key(side);
    return key === undefined ? this.configured.keyPolicy(side) : statementsOf([key], 'KeyPolicy');
  }

  async rotationDays(side: SideName): Promise<number | undefined> {
    const key = await this.key(side);
    if (key === undefined) {
      return this.configured.rotationDays(side);
    }
    // KMS rotates once a year unless it is told otherwise.
    return (await key.get('EnableKeyRotation')) === true ? Number((await key.get('RotationPeriodInDays')) ?? 365) : undefined;
  }

  failureQueue(): Promise<ExpectedQueue> {
    return this.queue('source', this.config.names.monitoring.failureQueue, () => this.configured.failureQueue());
  }

  heartbeatQueue(pair: DeployedPair): Promise<ExpectedQueue> {
    return this.queue('destination', pair.names.heartbeatQueue, () => this.configured.heartbeatQueue(pair));
  }

  replicationRole(pair: DeployedPair): Promise<ExpectedRole> {
    return this.role('source', pair.names.replicationRole, () => this.configured.replicationRole(pair));
  }

  exchangeRole(): Promise<ExpectedRole> {
    return this.role('destination', this.config.names.exchange.readerRole, () => this.configured.exchangeRole());
  }

  schedule(pair: DeployedPair): Promise<ExpectedSchedule> {
    const name = { name: pair.names.ruleId };
    return this.answer('heartbeat', 'AWS::Scheduler::Schedule', name, {
      configured: () => this.configured.schedule(pair),
      of: async (schedule): Promise<ExpectedSchedule> => ({
        State: (await read<string>(schedule, 'State')) ?? 'ENABLED',
        ScheduleExpression: await read<string>(schedule, 'ScheduleExpression'),
        Target: (await read<NonNullable<ExpectedSchedule['Target']>>(schedule, 'Target')) ?? {},
      }),
    });
  }

  async alarms(place: AlarmPlace, pairs: readonly DeployedPair[]): Promise<readonly MetricAlarm[]> {
    const template = await this.template(ALARM_STACKS[place]);
    if (template.isEmpty) {
      return this.configured.alarms(place, pairs);
    }
    const found = alarmsIn(this.config, place, pairs).flatMap(({ name }) => template.named('AWS::CloudWatch::Alarm', name) ?? []);
    return Promise.all(found.map(alarm));
  }

  health(place: AlarmPlace): Promise<ExpectedHealth> {
    const { composite } = this.config.names.monitoring.regions[place];
    const stack = HEALTH_STACKS[place];
    return this.answer(stack, COMPOSITE, composite, {
      configured: () => this.configured.health(place),
      of: async (health) => {
        const template = await this.template(stack);
        const ruleOf = async (one: DeployedResource) => alarmsInRule((await read<string>(one, 'AlarmRule')) ?? '');
        // More alarms than one may watch are watched through others of its kind.
        const watched = await Promise.all(
          (await ruleOf(health)).map(async (name) => {
            const part = template.named(COMPOSITE, name);
            return part === undefined ? [name] : ruleOf(part);
          }),
        );
        return { watched: watched.flat(), told: (await read<string[]>(health, 'AlarmActions')) ?? [] };
      },
    });
  }

  async subscriptions(place: AlarmPlace): Promise<readonly ExpectedSubscription[]> {
    const { topic } = this.config.names.monitoring.regions[place];
    return this.answer(ALARM_STACKS[place], 'AWS::SNS::Topic', topic, {
      configured: () => this.configured.subscriptions(place),
      of: async (found) => {
        const all = (await this.template(ALARM_STACKS[place])).ofType('AWS::SNS::Subscription');
        return Promise.all(
          all
            .filter((one) => one.refersTo('TopicArn', found))
            .map(async (one) => ({
              protocol: (await read<string>(one, 'Protocol')) ?? '',
              endpoint: (await read<string>(one, 'Endpoint')) ?? '',
            })),
        );
      },
    });
  }

  /** What the deployed stack merges into the documents of a source bucket that is owned elsewhere; undefined for a bucket of its own. */
  private async adoption({ names, sourceBucket }: DeployedPair): Promise<Adoption | undefined> {
    if (sourceBucket === undefined) {
      return undefined;
    }
    const rules = (await this.template('source')).ofType('Custom::S3ReplicationRule');
    const adoptions = await Promise.all(
      rules.map(async (rule) => JSON.parse((await read<string>(rule, 'Adoption')) ?? '{}') as Adoption),
    );
    return adoptions.find(({ bucket }) => bucket === names.sourceBucket.name);
  }

  /** The inventory that the deployed stack has put into a source bucket that is owned elsewhere. */
  private async ownersInventory({ names }: DeployedPair): Promise<OwnersInventory | undefined> {
    const template = await this.template('source');
    const all = template.ofType('Custom::S3Inventory');
    const inventories = await Promise.all(
      all.map(async (one) => JSON.parse((await read<string>(one, 'Inventory')) ?? '{}') as OwnersInventory),
    );
    return inventories.find(({ bucket }) => bucket === names.sourceBucket.name);
  }

  private bucket<K extends BucketProperty>(
    side: SideName,
    pair: DeployedPair,
    property: K,
    of: (bucket: DeployedResource) => Promise<Awaited<ReturnType<Expected[K]>>>,
  ): Promise<Awaited<ReturnType<Expected[K]>>> {
    const { sourceBucket, replicaBucket } = pair.names;
    return this.answer(side, 'AWS::S3::Bucket', side === 'source' ? sourceBucket : replicaBucket, {
      configured: () => this.configured[property](side, pair) as Promise<Awaited<ReturnType<Expected[K]>>>,
      of,
    });
  }

  private async key(side: SideName): Promise<DeployedResource | undefined> {
    const template = await this.template(side);
    const alias = template.named('AWS::KMS::Alias', this.config.names[side].keyAlias);
    return template.ofType('AWS::KMS::Key').find((key) => alias?.refersTo('TargetKeyId', key));
  }

  private queue(stack: StackKind, name: NamedArn, configured: () => Promise<ExpectedQueue>): Promise<ExpectedQueue> {
    return this.answer(stack, 'AWS::SQS::Queue', name, {
      configured,
      of: async (queue) => {
        const policies = (await this.template(stack)).ofType('AWS::SQS::QueuePolicy');
        return {
          encryption: queueEncryption(
            await read<string>(queue, 'KmsMasterKeyId'),
            // SQS does it unless it is told otherwise.
            (await queue.get('SqsManagedSseEnabled')) !== false,
          ),
          retention: String((await read<number>(queue, 'MessageRetentionPeriod')) ?? FOUR_DAYS),
          policy: await statementsOf(policies.filter((policy) => policy.refersTo('Queues', queue))),
        };
      },
    });
  }

  private role(stack: SideName, name: NamedArn, configured: () => Promise<ExpectedRole>): Promise<ExpectedRole> {
    return this.answer(stack, 'AWS::IAM::Role', name, {
      configured,
      of: async (role): Promise<ExpectedRole> => {
        const template = await this.template(stack);
        const inRole = (await read<InlinePolicy[]>(role, 'Policies')) ?? [];
        const beside = template.ofType('AWS::IAM::Policy').filter((policy) => policy.refersTo('Roles', role));
        const managed = template.ofType('AWS::IAM::ManagedPolicy').filter((policy) => policy.refersTo('Roles', role));
        const named = await Promise.all(
          beside.map(async (policy) => [policy.name ?? policy.id, await statementsOf([policy])] as const),
        );
        return {
          trust: await statementsOf([role], 'AssumeRolePolicyDocument'),
          inline: {
            ...Object.fromEntries(inRole.map((one) => [one.PolicyName, listOf(one.PolicyDocument.Statement)])),
            ...Object.fromEntries(named),
          },
          attached: [
            ...((await read<string[]>(role, 'ManagedPolicyArns')) ?? []),
            ...managed.map((policy) => `*/${policy.name ?? `*-${policy.id}-*`}`),
          ],
          boundary: await read<string>(role, 'PermissionsBoundary'),
        };
      },
    });
  }

  private async answer<T>(
    stack: StackKind,
    type: string,
    { name }: Pick<NamedArn, 'name'>,
    { of, configured }: { readonly of: (resource: DeployedResource) => Promise<T>; readonly configured: () => Promise<T> },
  ): Promise<T> {
    const resource = (await this.template(stack)).named(type, name);
    return resource === undefined ? configured() : of(resource);
  }
}

type BucketProperty =
  | 'versioning'
  | 'publicAccess'
  | 'ownership'
  | 'encryption'
  | 'objectLock'
  | 'lifecycle'
  | 'inventory'
  | 'notifications'
  | 'bucketPolicy';

const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';

/** What SQS keeps messages for unless it is told otherwise, in seconds. */
const FOUR_DAYS = 4 * 24 * 60 * 60;

async function read<T>(resource: DeployedResource, property: string): Promise<T | undefined> {
  return (await resource.get(property)) as T | undefined;
}

async function statementsOf(
  resources: readonly DeployedResource[],
  property = 'PolicyDocument',
): Promise<readonly LiveStatement[]> {
  const policies = await Promise.all(resources.map((resource) => read<LivePolicy>(resource, property)));
  return policies.flatMap((policy) => listOf(policy?.Statement as LiveStatement | LiveStatement[]));
}

async function alarm(resource: DeployedResource): Promise<MetricAlarm> {
  return {
    AlarmName: resource.name,
    Namespace: await read<string>(resource, 'Namespace'),
    MetricName: await read<string>(resource, 'MetricName'),
    Dimensions: await read<Dimension[]>(resource, 'Dimensions'),
    Statistic: await read<'Sum'>(resource, 'Statistic'),
    Period: await read<number>(resource, 'Period'),
    EvaluationPeriods: await read<number>(resource, 'EvaluationPeriods'),
    Threshold: await read<number>(resource, 'Threshold'),
    ComparisonOperator: await read<'LessThanThreshold'>(resource, 'ComparisonOperator'),
    TreatMissingData: await read<string>(resource, 'TreatMissingData'),
  };
}

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: LivePolicy;
}

interface TemplateEncryption {
  readonly ServerSideEncryptionConfiguration?: readonly {
    readonly BucketKeyEnabled?: boolean;
    readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
  }[];
}

interface TemplateNotification {
  readonly Event: string;
  readonly Filter?: { readonly S3Key?: { readonly Rules?: readonly { readonly Name?: string; readonly Value?: string }[] } };
  readonly Queue?: string;
  readonly Topic?: string;
  readonly Function?: string;
}

type TemplateNotifications = Readonly<
  Partial<Record<'QueueConfigurations' | 'TopicConfigurations' | 'LambdaConfigurations', readonly TemplateNotification[]>>
>;

interface TemplateReplication {
  readonly Role?: string;
  readonly Rules?: readonly TemplateRule[];
}

type TemplateRule = Omit<ReplicationRule, 'ID' | 'Filter'> & {
  readonly Id?: string;
  readonly Filter?: {
    readonly Prefix?: string;
    readonly TagFilter?: Tag;
    readonly And?: { readonly Prefix?: string; readonly TagFilters?: Tag[] };
  };
};

interface TemplateInventory {
  readonly Id: string;
  readonly Enabled: boolean;
  readonly IncludedObjectVersions: string;
  readonly ScheduleFrequency: string;
  readonly Prefix?: string;
  readonly OptionalFields?: string[];
  readonly Destination: {
    readonly BucketArn: string;
    readonly BucketAccountId?: string;
    readonly Format: string;
    readonly Prefix?: string;
  };
}

function toInventory({ Destination: destination, Prefix: prefix, ...inventory }: TemplateInventory): ApiInventory {
  return apiInventory({
    id: inventory.Id,
    enabled: inventory.Enabled,
    includedObjectVersions: inventory.IncludedObjectVersions,
    scheduleFrequency: inventory.ScheduleFrequency,
    ...(prefix !== undefined && { prefix }),
    optionalFields: inventory.OptionalFields ?? [],
    destination: {
      bucketArn: destination.BucketArn,
      bucketAccountId: destination.BucketAccountId ?? '',
      format: destination.Format,
      prefix: destination.Prefix ?? '',
    },
  });
}

interface Tag {
  Key: string;
  Value: string;
}

/** CloudFormation and the S3 API differ in a few names. */
function toRule({ Id: id, Filter: filter, ...rule }: TemplateRule): ReplicationRule {
  const { And: and, TagFilter: tag, ...simple } = filter ?? {};
  return {
    ...rule,
    ID: id,
    Filter: {
      ...simple,
      ...(tag && { Tag: tag }),
      ...(and && { And: { ...(and.Prefix !== undefined && { Prefix: and.Prefix }), Tags: and.TagFilters } }),
    },
  };
}

interface TemplateTransition {
  readonly StorageClass: 'STANDARD_IA';
  readonly TransitionInDays?: number;
  readonly TransitionDate?: string;
  readonly NewerNoncurrentVersions?: number;
}

interface TemplateLifecycleRule {
  readonly Id?: string;
  readonly Status: 'Enabled' | 'Disabled';
  readonly Prefix?: string;
  readonly TagFilters?: Tag[];
  readonly ObjectSizeGreaterThan?: number | string;
  readonly ObjectSizeLessThan?: number | string;
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
  readonly Transitions?: readonly TemplateTransition[];
  readonly NoncurrentVersionTransitions?: readonly TemplateTransition[];
  readonly ExpirationInDays?: number;
  readonly ExpirationDate?: string;
  readonly ExpiredObjectDeleteMarker?: boolean;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number; readonly NewerNoncurrentVersions?: number };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html */
function lifecycleRule(rule: TemplateLifecycleRule): LifecycleRule {
  const { AbortIncompleteMultipartUpload, NoncurrentVersionExpiration: noncurrent } = rule;
  const { ExpirationInDays: days, ExpirationDate: date } = rule;
  const marker = rule.ExpiredObjectDeleteMarker === true;
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: lifecycleFilter(rule),
    ...(AbortIncompleteMultipartUpload && { AbortIncompleteMultipartUpload }),
    ...(rule.Transitions && {
      Transitions: rule.Transitions.map((move) => ({
        ...(move.TransitionDate === undefined ? { Days: move.TransitionInDays } : { Date: new Date(move.TransitionDate) }),
        StorageClass: move.StorageClass,
      })),
    }),
    ...(rule.NoncurrentVersionTransitions && {
      NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map((move) => ({
        NoncurrentDays: move.TransitionInDays,
        StorageClass: move.StorageClass,
        ...(move.NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions: move.NewerNoncurrentVersions }),
      })),
    }),
    ...((days !== undefined || date !== undefined || marker) && {
      Expiration: {
        ...(days !== undefined && { Days: days }),
        ...(date !== undefined && { Date: new Date(date) }),
        ...(marker && { ExpiredObjectDeleteMarker: true }),
      },
    }),
    ...(noncurrent && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: noncurrent.NoncurrentDays,
        ...(noncurrent.NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions: noncurrent.NewerNoncurrentVersions }),
      },
    }),
  };
}

function lifecycleFilter(rule: TemplateLifecycleRule): NonNullable<LifecycleRule['Filter']> {
  const { Prefix: prefix = '', TagFilters: tags = [], ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = rule;
  const sizes = {
    ...(above !== undefined && { ObjectSizeGreaterThan: Number(above) }),
    ...(below !== undefined && { ObjectSizeLessThan: Number(below) }),
  };
  return tags.length === 0 && Object.keys(sizes).length === 0
    ? { Prefix: prefix }
    : { And: { Prefix: prefix, Tags: tags, ...sizes } };
}
