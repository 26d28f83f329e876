import type { NotificationConfiguration, QueueConfiguration } from '@aws-sdk/client-s3';
import type { DeployedPair } from '../../../model/deployment';
import { FAILURE_EVENT_DAYS, failureEvents } from '../../../model/failure-events';
import type { NamedArn } from '../../../model/names';
import { failureQueueStatements } from '../../../model/policies';
import { awsCommand, deployCommand } from '../../../model/shell-commands';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, compare, type DoctorContext, orMissing, pass } from '../check';
import { difference, type LiveStatement, unknownStatement, without } from '../policy-document';

/** The way of a failure event from the source bucket into the queue. */
export const FAILURE_EVENT_CHECKS: readonly Check[] = [
  {
    id: 'failure-events',
    title: 'source bucket sends its failure events to the failure queue',
    area: 'monitoring',
    run: { each: 'pair', ask: events },
  },
  {
    id: 'failure-queue',
    title: `failure queue is encrypted and keeps events for ${FAILURE_EVENT_DAYS} days`,
    area: 'monitoring',
    run: { each: 'deployment', ask: queue },
  },
  {
    id: 'failure-queue-policy',
    title: "failure queue's policy admits S3 for the source buckets, and nobody else",
    area: 'monitoring',
    run: { each: 'deployment', ask: queuePolicy },
  },
];

/** Part of a notification configuration, whatever it sends events to. */
type NotificationTarget = Pick<QueueConfiguration, 'Events' | 'Filter'> & {
  readonly QueueArn?: string | undefined;
  readonly TopicArn?: string | undefined;
  readonly LambdaFunctionArn?: string | undefined;
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
async function events(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const { arn } = context.config.names.monitoring.failureQueue;
  const wanted = failureEvents(pair);
  const live = await facts.buckets.notifications(pair);
  const found = targets(live)
    .filter((target) => target.QueueArn === arn || takes(target, wanted))
    .flatMap((target) => (target.Events ?? []).map((event) => `${event} to ${targetArn(target)}${filterText(target)}`));
  const text = (lines: readonly string[]) => lines.toSorted().join('\n');
  const expected = text(wanted.map((event) => `${event} to ${arn}`));
  return text(found) === expected
    ? pass(expected)
    : {
        status: 'failed',
        found: text(found) || 'no failure event is sent anywhere',
        expected,
        fix: await sendEvents(context, pair, live),
      };
}

/** Keeps what others configured: S3 takes a configuration as a whole, and one destination only for each event. */
async function sendEvents(
  { config, facts }: DoctorContext,
  pair: DeployedPair,
  live: NotificationConfiguration,
): Promise<string> {
  const { arn } = config.names.monitoring.failureQueue;
  const wanted = failureEvents(pair);
  const foreign = (target: NotificationTarget) => target.QueueArn !== arn && !takes(target, wanted);
  const isMissing = await facts.monitoring.queue().then(
    () => false,
    (error: unknown) => error instanceof ResourceNotFound,
  );
  return isMissing
    ? deployCommand(config, 'source')
    : awsCommand(config, 'source', 's3api put-bucket-notification-configuration', {
        bucket: facts.buckets.name('source', pair).name,
        'notification-configuration': {
          ...live,
          TopicConfigurations: live.TopicConfigurations?.filter(foreign),
          LambdaFunctionConfigurations: live.LambdaFunctionConfigurations?.filter(foreign),
          QueueConfigurations: [...(live.QueueConfigurations ?? []).filter(foreign), { QueueArn: arn, Events: wanted }],
        },
      });
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
  const { name } = context.config.names.monitoring.failureQueue;
  const seconds = String(FAILURE_EVENT_DAYS * 24 * 60 * 60);
  const text = (encryption: string, retention: string | undefined) => `${encryption}, keeps events for ${retention} seconds`;
  const expected = text('SSE-SQS', seconds);
  return orMissing(context, { stack: 'source', expected: `queue ${name}: ${expected}` }, async () => {
    const { url, attributes } = await context.facts.monitoring.queue();
    const key = attributes['KmsMasterKeyId'];
    const own = attributes['SqsManagedSseEnabled'] === 'true' ? 'SSE-SQS' : 'not encrypted';
    return compare({
      found: text(key ? `SSE-KMS with ${key}` : own, attributes['MessageRetentionPeriod']),
      expected,
      fix: setAttributes(context, url, {
        ...(key && { KmsMasterKeyId: '' }),
        SqsManagedSseEnabled: 'true',
        MessageRetentionPeriod: seconds,
      }),
    });
  });
}

/**
 * The statement with which a queue policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function queueTlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: arn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html */
async function queuePolicy(context: DoctorContext): Promise<CheckFinding> {
  const { config } = context;
  const { failureQueue } = config.names.monitoring;
  const { url, policy } = await context.facts.monitoring.queue();
  const expected = [queueTlsOnly(failureQueue), ...failureQueueStatements(config)];
  const { wrong, extra, repaired } = difference(policy, expected);
  const allowing = extra.filter(({ Effect: effect }) => effect === 'Allow');
  const found = [...wrong, ...allowing.map(unknownStatement)];
  return found.length === 0
    ? pass(
        `${failureQueueStatements(config)
          .map(({ Sid: sid }) => sid)
          .join(', ')} as generated`,
      )
    : {
        status: 'failed',
        found: found.join('; '),
        expected: expected.map((statement) => JSON.stringify(statement)).join(', '),
        fix: setAttributes(context, url, { Policy: JSON.stringify(without(repaired, allowing)) }),
      };
}

function setAttributes({ config }: DoctorContext, url: string, attributes: Readonly<Record<string, string>>): string {
  return awsCommand(config, 'source', 'sqs set-queue-attributes', { 'queue-url': url, attributes });
}
