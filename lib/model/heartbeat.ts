import type { Side } from '../config/replication-config';
import { canaryTags, HEARTBEAT_SUFFIX, heartbeatKey, taggingOf } from './canary';
import type { DeployedPair, Deployment } from './deployment';
import { partitionOf } from './names';
import { type Permission, REPLICATION_SERVICE } from './permissions';
import type { Statement } from './policies';
import { iamLiteral } from './policy-text';

/*
 * The heartbeat: EventBridge Scheduler writes one small object into each source bucket, S3 replicates it, and the backup account raises an alarm when
 * none arrives. Plain data. docs/adr/0011-heartbeat.md argues the parts.
 */

/** The service that writes heartbeats. The same in every partition. */
export const SCHEDULER_SERVICE = 'scheduler.amazonaws.com';

/** Where CloudWatch has the metrics of schedule groups. */
export const SCHEDULER_NAMESPACE = 'AWS/Scheduler';

const SCHEDULER_GUIDE = 'https://docs.aws.amazon.com/scheduler/latest/UserGuide';

/**
 * The pairs that have a heartbeat. A bucket that is owned elsewhere, of either side, gets none: every heartbeat leaves a version there, and
 * only the owner of the bucket can set the lifecycle rule that expires it.
 */
export function heartbeatPairs<P extends HeartbeatConfig['pairs'][number]>(
  heartbeat: Deployment['heartbeat'],
  pairs: readonly P[],
): readonly P[] {
  return heartbeat === false ? [] : pairs.filter((pair) => (pair.sourceBucket ?? pair.replicaBucket) === undefined);
}

/**
 * Minutes between two heartbeats; undefined where no pair has one.
 *
 * @param pairs @default - every pair
 */
export function heartbeatMinutes(
  { heartbeat, pairs: all }: HeartbeatConfig,
  pairs: HeartbeatConfig['pairs'] = all,
): number | undefined {
  return heartbeat === false || heartbeatPairs(heartbeat, pairs).length === 0 ? undefined : heartbeat.minutes;
}

/** What decides whether there are heartbeats. */
export interface HeartbeatConfig {
  readonly heartbeat: Deployment['heartbeat'];
  readonly pairs: readonly Pick<DeployedPair, 'sourceBucket' | 'replicaBucket'>[];
}

/**
 * The operation that a schedule calls, as its universal target names it.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export function heartbeatTarget(side: Side): string {
  return `arn:${partitionOf(side)}:scheduler:::aws-sdk:s3:putObject`;
}

/**
 * The parameters of that operation. No encryption is named, so that the bucket's own applies as to any object. The scheduler puts the time in.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function heartbeatInput(
  config: Pick<Deployment, 'tags'>,
  pair: DeployedPair,
): Readonly<Record<'Bucket' | 'Key' | 'Body' | 'Tagging', string>> {
  const { sourceBucket, ruleId } = pair.names;
  return {
    Bucket: sourceBucket.name,
    Key: heartbeatKey(pair),
    Body: `heartbeat of ${ruleId}, <aws.scheduler.scheduled-time>`,
    Tagging: taggingOf(canaryTags(config, pair)),
  };
}

/** How often the schedule runs, for more than one minute. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function heartbeatRate(minutes: number): string {
  return `rate(${minutes} minutes)`;
}

/** The ARN of a pair's heartbeat, as policies have it. */
export function heartbeatArn(pair: DeployedPair): string {
  return `${pair.names.sourceBucket.arn}/${iamLiteral(heartbeatKey(pair))}`;
}

/**
 * What the role of a pair's schedule may do: put this one object with its tags, and have S3 encrypt it.
 *
 * @param sourceKeyArn ARN of the source key
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function heartbeatPermissions(config: Deployment, pair: DeployedPair, sourceKeyArn: string): readonly Permission[] {
  const { arn: bucket } = pair.names.sourceBucket;
  const object = heartbeatArn(pair);
  return [
    {
      sid: 'WriteHeartbeat',
      actions: ['s3:PutObject', 's3:PutObjectTagging'],
      resources: [object],
      writtenIn: ['role'],
      why: 'writes the heartbeat of this one pair, always under the same key, with the tags that the rule asks for',
      page: `${SCHEDULER_GUIDE}/managing-targets-universal.html`,
    },
    {
      sid: 'EncryptHeartbeat',
      actions: ['kms:GenerateDataKey'],
      resources: [sourceKeyArn],
      // With an S3 Bucket Key the bucket is the encryption context, without it the object. Both, so that a change of the setting stops nothing.
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${config.source.region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket, object] },
      },
      writtenIn: ['role'],
      why: 'S3 encrypts the heartbeat; nothing can be decrypted',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
    },
  ];
}

/**
 * Seconds that the queue keeps a message: as short as SQS allows, since only the count of messages matters.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export const HEARTBEAT_RETENTION_SECONDS = 60;

/**
 * Which objects of a replica bucket S3 tells the queue about. It is a suffix, since the prefix of a filter may have characters that
 * notifications want encoded, and no AWS page says how it compares those. Every kind of creation counts: no AWS page says which one a
 * replica is.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export const HEARTBEAT_EVENT = { event: 's3:ObjectCreated:*', suffix: HEARTBEAT_SUFFIX } as const;

/** What the policy of a pair's heartbeat queue grants to S3, for the replica bucket alone. */
export function heartbeatQueueStatements(
  config: Deployment,
  { names: { heartbeatQueue, replicaBucket } }: DeployedPair,
): Statement[] {
  return [
    {
      Sid: 'CountHeartbeats',
      Effect: 'Allow',
      Principal: { Service: REPLICATION_SERVICE },
      Action: ['sqs:SendMessage'],
      Resource: [heartbeatQueue.arn],
      Condition: {
        ArnEquals: { 'aws:SourceArn': [replicaBucket.arn] },
        StringEquals: { 'aws:SourceAccount': config.destination.account },
      },
    },
  ];
}

const HOUR = 60;

/** Minutes that CloudWatch evaluates at most: a day with periods shorter than an hour, a week with others. */
const LONGEST = { short: 24 * HOUR, long: 7 * 24 * HOUR };

/** When the backup account misses heartbeats. */
export interface HeartbeatAlarm {
  /** Minutes of one period. */
  readonly period: number;
  /** How many periods in a row without a heartbeat raise the alarm. */
  readonly periods: number;
  /** Minutes after which the alarm is raised at the latest, counted from the last heartbeat that arrived. */
  readonly most: number;
}

/**
 * The alarm of a deployment's heartbeats. It is raised when so long nothing arrives that the lag which `monitoring.latencyMinutes` tolerates cannot
 * explain it: one interval, and that lag, in whole periods. CloudWatch evaluates a week at most, so a tolerated lag of nearly as much counts as less.
 *
 * Periods begin at the full hour and not with the last heartbeat, so the alarm takes up to a period more.
 *
 * @param minutes between two heartbeats
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function heartbeatAlarm({ monitoring }: Pick<Deployment, 'monitoring'>, minutes: number): HeartbeatAlarm {
  const silence = minutes + monitoring.latencyMinutes;
  const period = minutes < HOUR && Math.ceil(silence / minutes) * minutes > LONGEST.short ? HOUR : minutes;
  const longest = period < HOUR ? LONGEST.short : LONGEST.long;
  const periods = Math.min(Math.ceil(silence / period), Math.floor(longest / period));
  return { period, periods, most: (periods + 1) * period };
}

/** How many versions of a pair's heartbeat the replica bucket keeps; undefined without heartbeats. */
export function heartbeatVersions(config: HeartbeatConfig, pair: DeployedPair): number | undefined {
  const minutes = heartbeatMinutes(config, [pair]);
  // The lifecycle rule deletes a version a day after it was overwritten, and acts at midnight: it is there for two days at most.
  const days = Math.max(pair.objectLock?.days ?? 0, 2);
  return minutes === undefined ? undefined : Math.ceil((days * 24 * HOUR) / minutes);
}
