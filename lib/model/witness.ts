import type { DeployedPair, Deployment } from './deployment';
import { partitionOf } from './names';
import { REPLICATION_SERVICE } from './permissions';
import type { Statement } from './policies';

/*
 * The witness: what happened to replicas and to what protects them, in a queue of the backup account for each pair. Plain data.
 */

/** Days that the queue keeps an event: as long as SQS keeps any. */
export const WITNESS_DAYS = 14;

/** The service that hands on what CloudTrail recorded. */
export const EVENTS_SERVICE = 'events.amazonaws.com';

/**
 * The events of a replica bucket that somebody has to know of: a version that was deleted permanently, and a delete marker. S3 itself sends them, without
 * a trail. What lifecycle rules do has events of its own, and is none of these. Where replication writes delete markers, only versions count, since
 * no AWS page says how the two markers are told apart.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export function witnessEvents({ replicateDeleteMarkers }: Pick<DeployedPair, 'replicateDeleteMarkers'>): readonly string[] {
  return ['s3:ObjectRemoved:Delete', ...(replicateDeleteMarkers ? [] : ['s3:ObjectRemoved:DeleteMarkerCreated'])];
}

/** Operations of S3 that change what protects the replicas of a bucket, as CloudTrail names them. */
const BUCKET_CHANGES = [
  'DeleteBucket',
  'DeleteBucketEncryption',
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'DeleteBucketPublicAccessBlock',
  'PutBucketAcl',
  'PutBucketEncryption',
  'PutBucketLifecycle',
  'PutBucketNotification',
  'PutBucketObjectLockConfiguration',
  'PutBucketOwnershipControls',
  'PutBucketPolicy',
  'PutBucketPublicAccessBlock',
  'PutBucketReplication',
  'PutBucketVersioning',
];

/** Operations of KMS that end the use of a key, or let somebody else use it. */
const KEY_CHANGES = ['CreateGrant', 'DisableKey', 'DisableKeyRotation', 'PutKeyPolicy', 'ScheduleKeyDeletion'];

/**
 * Which management events the pair's rule of EventBridge takes: changes of its replica bucket and of the replica key by anybody but CloudFormation. They come
 * only where a trail of the account records management events.
 *
 * @param replicaKeyArn ARN of the replica key
 * @param execution ARN of the role with which CloudFormation makes the stack, whose changes somebody has planned
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function witnessPattern({ names: { replicaBucket } }: DeployedPair, replicaKeyArn: string, execution: string) {
  return {
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      // A root user and an IAM user have no such ARN.
      userIdentity: { sessionContext: { sessionIssuer: { arn: [{ exists: false }, { 'anything-but': [execution] }] } } },
      $or: [
        { eventName: BUCKET_CHANGES, requestParameters: { bucketName: [replicaBucket.name] } },
        { eventName: KEY_CHANGES, resources: { ARN: [replicaKeyArn] } },
      ],
    },
  };
}

/** The rule's ARN. It has the name of the queue. */
export function witnessRuleArn({ destination }: Deployment, { names: { witnessQueue } }: DeployedPair): string {
  return `arn:${partitionOf(destination)}:events:${destination.region}:${destination.account}:rule/${witnessQueue.name}`;
}

/** What the policy of a pair's witness queue grants: S3 for the replica bucket, and EventBridge for the pair's rule. */
export function witnessQueueStatements(config: Deployment, pair: DeployedPair): Statement[] {
  const { witnessQueue, replicaBucket } = pair.names;
  const send = { Effect: 'Allow' as const, Action: ['sqs:SendMessage'], Resource: [witnessQueue.arn] };
  const account = { 'aws:SourceAccount': config.destination.account };
  return [
    {
      Sid: 'WitnessRemovals',
      ...send,
      Principal: { Service: REPLICATION_SERVICE },
      Condition: { ArnEquals: { 'aws:SourceArn': [replicaBucket.arn] }, StringEquals: account },
    },
    {
      Sid: 'WitnessChanges',
      ...send,
      Principal: { Service: EVENTS_SERVICE },
      Condition: { ArnEquals: { 'aws:SourceArn': [witnessRuleArn(config, pair)] } },
    },
  ];
}
