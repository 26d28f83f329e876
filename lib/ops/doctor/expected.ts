import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type {
  LifecycleRule,
  ObjectLockConfiguration,
  PublicAccessBlockConfiguration,
  ReplicationConfiguration,
} from '@aws-sdk/client-s3';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair } from '../../model/deployment';
import type { ApiInventory } from '../../model/inventory';
import type { AlarmPlace } from '../../model/names';
import type { LiveStatement } from './policy-document';

/**
 * What the resources of a deployment should be, in the spelling of the services' own APIs.
 *
 * Two answer it: the configuration (configured.ts), and the templates that are deployed (deployed.ts). Checks compare what is in force with
 * what is deployed. Whether that is what the configuration says is one check of its own.
 */
export interface Expected {
  /** `Enabled`, as S3 says it. */
  versioning(side: SideName, pair: DeployedPair): Promise<string | undefined>;
  publicAccess(side: SideName, pair: DeployedPair): Promise<PublicAccessBlockConfiguration>;
  /** Such as `BucketOwnerEnforced`. */
  ownership(side: SideName, pair: DeployedPair): Promise<string | undefined>;
  encryption(side: SideName, pair: DeployedPair): Promise<ExpectedEncryption>;
  objectLock(side: SideName, pair: DeployedPair): Promise<ObjectLockConfiguration | undefined>;
  lifecycle(side: SideName, pair: DeployedPair): Promise<readonly LifecycleRule[]>;
  /** The inventory of a bucket that has the id of the pair; undefined where it has none. */
  inventory(side: SideName, pair: DeployedPair): Promise<ApiInventory | undefined>;
  /** Role and rules of the source bucket. */
  replication(pair: DeployedPair): Promise<ReplicationConfiguration>;
  /** Events that S3 sends for a bucket. */
  notifications(side: SideName, pair: DeployedPair): Promise<readonly ExpectedEvent[]>;
  bucketPolicy(side: SideName, pair: DeployedPair): Promise<readonly LiveStatement[]>;
  keyPolicy(side: SideName): Promise<readonly LiveStatement[]>;
  /** Days between two rotations of a side's key; undefined where it does not rotate. */
  rotationDays(side: SideName): Promise<number | undefined>;
  failureQueue(): Promise<ExpectedQueue>;
  heartbeatQueue(pair: DeployedPair): Promise<ExpectedQueue>;
  replicationRole(pair: DeployedPair): Promise<ExpectedRole>;
  /** Role with which the source stack reads the output of the destination stack. */
  exchangeRole(): Promise<ExpectedRole>;
  schedule(pair: DeployedPair): Promise<ExpectedSchedule>;
  /** Alarms of pairs in one place. Those that are not deployed yet are left out. */
  alarms(place: AlarmPlace, pairs: readonly DeployedPair[]): Promise<readonly MetricAlarm[]>;
  /** The composite alarm of a place. */
  health(place: AlarmPlace): Promise<ExpectedHealth>;
  /** Who is subscribed to the topic of a place. */
  subscriptions(place: AlarmPlace): Promise<readonly ExpectedSubscription[]>;
}

/** Default encryption of a bucket. */
export interface ExpectedEncryption {
  readonly algorithm: string;
  /** ARN of the key. @default - the algorithm has none */
  readonly key?: string | undefined;
  readonly bucketKey: boolean;
}

/** An event that S3 sends somewhere. */
export interface ExpectedEvent {
  /** ARN of a queue, topic or function. */
  readonly arn: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly event: string;
  /** End of the keys that it is about. @default - every key */
  readonly suffix?: string | undefined;
}

/** A queue. */
export interface ExpectedQueue {
  /** Such as `SSE-SQS`. */
  readonly encryption: string;
  /** Seconds, as SQS writes them. */
  readonly retention: string;
  readonly policy: readonly LiveStatement[];
}

/** A role. */
export interface ExpectedRole {
  readonly trust: readonly LiveStatement[];
  /** Statements of the inline policies, by their names. */
  readonly inline: Readonly<Record<string, readonly LiveStatement[]>>;
  /** ARNs of attached policies, or how the ARN of one ends that CloudFormation names: `*` stands for the rest. */
  readonly attached: readonly string[];
  /** ARN of the permissions boundary. @default - none */
  readonly boundary?: string | undefined;
}

/** A schedule of EventBridge Scheduler. */
export interface ExpectedSchedule {
  readonly State?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
  readonly Target?: {
    readonly Arn?: string | undefined;
    readonly RoleArn?: string | undefined;
    readonly Input?: string | undefined;
  };
}

/** A composite alarm. */
export interface ExpectedHealth {
  /** Names of the alarms that it watches. */
  readonly watched: readonly string[];
  /** ARNs of those that it tells. */
  readonly told: readonly string[];
}

/** A subscription of a topic. */
export interface ExpectedSubscription {
  readonly protocol: string;
  readonly endpoint: string;
}

/** How SQS encrypts a queue, in words. */
export function queueEncryption(keyId: string | undefined, managed: boolean): string {
  return keyId ? `SSE-KMS with ${keyId}` : managed ? 'SSE-SQS' : 'not encrypted';
}

/** Names in the rule of a composite alarm. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export function alarmsInRule(rule: string): string[] {
  return [...rule.matchAll(/ALARM\(\s*"?([^")]+)"?\s*\)/g)].map(([, name = '']) => name);
}
