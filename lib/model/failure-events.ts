import type { DeployedPair } from './deployment';

/** Days that the queue keeps an event: as long as SQS keeps any. */
export const FAILURE_EVENT_DAYS = 14;

/**
 * The replication events that somebody has to look at. Every rule has metrics, so S3 says of every pair which object it no longer tracks.
 * The two events about the 15 minutes exist only with S3 Replication Time Control.
 *
 * One event of a bucket can go to one destination only: S3 refuses a second one for the same event and prefix.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function failureEvents({ timeControl }: DeployedPair): readonly string[] {
  return [
    's3:Replication:OperationFailedReplication',
    's3:Replication:OperationNotTracked',
    ...(timeControl ? ['s3:Replication:OperationMissedThreshold', 's3:Replication:OperationReplicatedAfterThreshold'] : []),
  ];
}

/** Id of the notification in a source bucket that is owned elsewhere. */
export function failureEventsId({ names }: DeployedPair): string {
  return `${names.ruleId}-failures`;
}
