import type { Event, NotificationConfiguration, QueueConfiguration } from '@aws-sdk/client-s3';
import { AppError } from '../../../errors/errors';
import { adoptionOf, withEvents } from '../../../model/adoption';
import type { DeployedPair } from '../../../model/deployment';
import { FAILURE_EVENT_DAYS } from '../../../model/failure-events';
import { failureQueueStatements } from '../../../model/policies';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';
import { queueEncryption } from '../expected';
import { byAws, byHand, foreignNotes, type Repair, restoreStack } from '../repair';
import { queuePolicy } from '../resource-policies';
import { held } from './policies';

/** The way of a failure event from the source bucket into the queue. */
export const FAILURE_EVENT_CHECKS: readonly Check[] = [
  // The queue first: S3 tries it out before it takes a notification.
  {
    id: 'failure-queue',
    title: `failure queue is encrypted and keeps events for ${FAILURE_EVENT_DAYS} days`,
    area: 'monitoring',
    run: { each: 'deployment', ask: queue },
  },
  {
    id: 'failure-queue-policy',
    title: "failure queue's policy admits S3 for the source buckets, and lets nobody else send or receive",
    area: 'monitoring',
    run: { each: 'deployment', ask: policyOfQueue },
  },
  {
    id: 'failure-events',
    title: 'source bucket sends its failure events to the failure queue',
    area: 'monitoring',
    run: { each: 'pair', ask: events },
  },
];

/** Part of a notification configuration, whatever it sends events to. */
type NotificationTarget = Pick<QueueConfiguration, 'Id' | 'Events' | 'Filter'> & {
  readonly QueueArn?: string | undefined;
  readonly TopicArn?: string | undefined;
  readonly LambdaFunctionArn?: string | undefined;
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
async function events(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const { arn } = context.config.names.monitoring.failureQueue;
  const wanted = await deployedEvents(context, pair);
  if (wanted.length === 0) {
    return notApplicable('the deployed stack sends no failure event yet: see configuration');
  }
  const live = await facts.buckets.notifications('source', pair);
  const others = targets(live).filter((target) => !isOurs(target, arn, wanted));
  const found = targets(live)
    .filter((target) => isOurs(target, arn, wanted))
    .flatMap((target) => (target.Events ?? []).map((event) => `${event} to ${targetArn(target)}${filterText(target)}`));
  const text = (lines: readonly string[]) => lines.toSorted().join('\n');
  const expected = text(wanted.map((event) => `${event} to ${arn}`));
  return text(found) === expected
    ? pass(expected, others.map(targetName))
    : {
        status: 'failed',
        found: text(found) || 'no failure event is sent anywhere',
        expected,
        fix: await sendEvents(context, pair, live),
      };
}

/** The events that the deployed stack has the bucket send to the queue. */
async function deployedEvents({ config, facts }: DoctorContext, pair: DeployedPair): Promise<readonly string[]> {
  const { arn } = config.names.monitoring.failureQueue;
  return (await facts.expected.notifications('source', pair)).filter((one) => one.arn === arn).map(({ event }) => event);
}

/** Keeps what others configured: S3 takes a configuration as a whole, and one destination only for each event. */
async function sendEvents(context: DoctorContext, pair: DeployedPair, live: NotificationConfiguration): Promise<Repair> {
  const { config, facts } = context;
  const { arn } = config.names.monitoring.failureQueue;
  const wanted = await deployedEvents(context, pair);
  const isMissing = await facts.monitoring.queue().then(
    () => false,
    (error: unknown) => error instanceof ResourceNotFound,
  );
  if (isMissing) {
    return restoreStack(context, 'source');
  }
  if (pair.sourceBucket !== undefined) {
    return mergeEvents(context, pair, live, wanted);
  }
  const kept = <T extends NotificationTarget>(all: readonly T[] | undefined) =>
    all?.flatMap((target) => withoutEvents(target, arn, wanted));
  const bucket = facts.buckets.name('source', pair).name;
  const notifications = {
    ...live,
    TopicConfigurations: kept(live.TopicConfigurations),
    LambdaFunctionConfigurations: kept(live.LambdaFunctionConfigurations),
    QueueConfigurations: [...(kept(live.QueueConfigurations) ?? []), { QueueArn: arn, Events: [...wanted] as Event[] }],
  };
  const others = targets(notifications).filter(({ QueueArn: queueArn }) => queueArn !== arn);
  const stolen = targets(live).filter((target) => target.QueueArn !== arn && takes(target, wanted));
  return byAws(
    context,
    'source',
    `notifications of bucket ${bucket}`,
    's3api put-bucket-notification-configuration',
    { bucket, 'notification-configuration': notifications },
    foreignNotes({
      kept: [...others.map(targetName), ...(live.EventBridgeConfiguration === undefined ? [] : ['EventBridge'])],
      removed: stolen.map(
        (target) => `${wanted.join(', ')} from ${targetName(target)}: S3 sends an event to one destination only`,
      ),
    }),
  );
}

/** In a bucket that is owned elsewhere: what the stack's handler writes, or what it refuses. */
function mergeEvents(
  context: DoctorContext,
  pair: DeployedPair,
  live: NotificationConfiguration,
  wanted: readonly string[],
): Repair {
  const { name } = pair.names.sourceBucket;
  const resource = `notifications of bucket ${name}`;
  const configured = adoptionOf(context.config, pair, '');
  const adoption = { ...configured, notification: { ...configured.notification, Events: wanted } };
  const others = targets(live).filter(({ QueueArn: arn }) => arn !== adoption.notification.QueueArn);
  try {
    return byAws(
      context,
      'source',
      resource,
      's3api put-bucket-notification-configuration',
      { bucket: name, 'notification-configuration': withEvents(live, adoption) },
      foreignNotes({
        kept: [...others.map(targetName), ...(live.EventBridgeConfiguration === undefined ? [] : ['EventBridge'])],
        removed: [],
      }),
    );
  } catch (error) {
    if (error instanceof AppError) {
      return byHand(resource, `${error.message}: ${error.hint}.`);
    }
    throw error;
  }
}

/** Events of S3 replication, besides the one that means all of them. */
const REPLICATION_EVENTS = [
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationNotTracked',
  's3:Replication:OperationReplicatedAfterThreshold',
] as const;

/** A target with the events that are left to it; nothing where none is, and of the queue that is written anew. */
function withoutEvents<T extends NotificationTarget>(target: T, arn: string, wanted: readonly string[]): T[] {
  if (target.QueueArn === arn) {
    return [];
  }
  const sent = (target.Events ?? []).flatMap((event) => (event === 's3:Replication:*' ? REPLICATION_EVENTS : [event]));
  const left = sent.filter((event) => !wanted.includes(event));
  return takes(target, wanted) ? (left.length === 0 ? [] : [{ ...target, Events: left }]) : [target];
}

function isOurs(target: NotificationTarget, arn: string, wanted: readonly string[]): boolean {
  return target.QueueArn === arn || takes(target, wanted);
}

function targetName(target: NotificationTarget): string {
  return `${target.Id === undefined ? 'notification' : `notification ${target.Id}`} to ${targetArn(target)}`;
}

function targets(live: NotificationConfiguration): readonly NotificationTarget[] {
  return [...(live.QueueConfigurations ?? []), ...(live.TopicConfigurations ?? []), ...(live.LambdaFunctionConfigurations ?? [])];
}

function takes({ Events: sent = [] }: NotificationTarget, wanted: readonly string[]): boolean {
  return sent.some((event) => event === 's3:Replication:*' || wanted.includes(event));
}

function targetArn({ QueueArn: queueArn, TopicArn: topic, LambdaFunctionArn: lambda }: NotificationTarget): string {
  return queueArn ?? topic ?? lambda ?? 'nowhere';
}

function filterText({ Filter: filter }: NotificationTarget): string {
  const rules = filter?.Key?.FilterRules?.map(({ Name: name, Value: value }) => `${name} ${value}`) ?? [];
  return rules.length === 0 ? '' : `, only ${rules.join(', ')}`;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html */
async function queue(context: DoctorContext): Promise<CheckFinding> {
  const { facts, config } = context;
  const { name } = config.names.monitoring.failureQueue;
  const text = (encryption: string, retention: string | undefined) => `${encryption}, keeps events for ${retention} seconds`;
  const { encryption: wanted, retention } = await facts.expected.failureQueue();
  const expected = text(wanted, retention);
  return orMissing(context, { stack: 'source', expected: `queue ${name}: ${expected}` }, async () => {
    const { url, attributes } = await facts.monitoring.queue();
    const key = attributes['KmsMasterKeyId'];
    return compare({
      found: text(queueEncryption(key, attributes['SqsManagedSseEnabled'] === 'true'), attributes['MessageRetentionPeriod']),
      expected,
      fix:
        wanted === 'SSE-SQS'
          ? byAws(context, 'source', `attributes of queue ${name}`, 'sqs set-queue-attributes', {
              'queue-url': url,
              attributes: {
                ...(key && { KmsMasterKeyId: '' }),
                SqsManagedSseEnabled: 'true',
                MessageRetentionPeriod: retention,
              },
            })
          : restoreStack(context, 'source'),
    });
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html */
async function policyOfQueue(context: DoctorContext): Promise<CheckFinding> {
  const policy = await queuePolicy(context);
  const generated = failureQueueStatements(context.config);
  return held(policy, policy.configured, {
    whole: true,
    passed: `${generated.map(({ Sid: sid }) => sid).join(', ')} as generated`,
  });
}
