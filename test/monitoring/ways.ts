/** What is known of a row, and how. */
export type Evidence = 'proven' | 'documented' | 'to be settled live';

/** What an alarm sees after replication has stopped in some way. */
export interface Seen {
  /** Whether heartbeats arrive in the backup account. */
  readonly heartbeat: 'arrives' | 'stops';
  /** Whether S3 counts failed operations. */
  readonly failed: 'counted' | 'none';
  /** The lag that S3 publishes: it grows, or there is none. */
  readonly lag: 'grows' | 'none';
  /** Whether the alarms of the source account are still there. */
  readonly sourceAlarms?: 'gone';
  /** Whether the alarms of the backup account are still there. */
  readonly backupAlarms?: 'gone';
}

/** A way in which replication can stop, or what watches it. */
export interface Way {
  readonly what: string;
  readonly seen: Seen;
  readonly evidence: Evidence;
  /** Why it is seen so. */
  readonly because: string;
  readonly page: string;
  /** Permission without which it is so, which the proof of permissions decides. */
  readonly without?: 'role policy' | 'role trust' | 'bucket policy' | 'heartbeat role';
}

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const METRICS = `${S3}/repl-metrics.html`;
const REASONS = `${S3}/replication-metrics-events.html`;
const SILENT: Seen = { heartbeat: 'stops', failed: 'none', lag: 'none' };
const FAILING: Seen = { heartbeat: 'stops', failed: 'counted', lag: 'none' };
const WORKING: Seen = { heartbeat: 'arrives', failed: 'none', lag: 'none' };

export const WAYS: readonly Way[] = [
  {
    what: 'the rule is deleted or disabled',
    seen: SILENT,
    evidence: 'documented',
    because: 'nothing is replicated, and metrics of a rule end with it: nothing fails',
    page: METRICS,
  },
  {
    what: 'the replication role is deleted',
    seen: FAILING,
    evidence: 'documented',
    because: 'S3 gives up with `AssumeRoleNotPermitted`',
    page: REASONS,
    without: 'role trust',
  },
  {
    what: "the role's policy is cut, or a boundary or a service control policy limits it",
    seen: FAILING,
    evidence: 'proven',
    because: 'the proof denies each request of replication without its statement',
    page: `${S3}/setting-repl-config-perm-overview.html`,
    without: 'role policy',
  },
  {
    what: 'the source key is disabled or scheduled for deletion',
    seen: SILENT,
    evidence: 'documented',
    because:
      'S3 can encrypt no new object, so neither the heartbeat nor any other is written; what waits fails with `SrcKmsKeyInvalidState`',
    page: REASONS,
  },
  {
    what: 'the replica key is disabled or scheduled for deletion',
    seen: FAILING,
    evidence: 'documented',
    because: 'S3 gives up with `DstKmsKeyInvalidState`',
    page: REASONS,
  },
  {
    what: 'versioning of the replica bucket is suspended',
    seen: FAILING,
    evidence: 'documented',
    because:
      'S3 gives up with `DstBucketUnversioned`; it refuses to suspend versioning of the source bucket while that has a rule',
    page: `${S3}/replication-requirements.html`,
  },
  {
    what: "the replica bucket's policy is replaced",
    seen: FAILING,
    evidence: 'proven',
    because: 'the proof denies each request of replication without the half of the grant that the policy has',
    page: REASONS,
    without: 'bucket policy',
  },
  {
    what: 'replication stands still without failing, such as with a Region out of order',
    seen: { heartbeat: 'stops', failed: 'none', lag: 'grows' },
    evidence: 'documented',
    because: 'S3 keeps trying while a bucket or Region is down: objects are PENDING, and the lag grows',
    page: `${S3}/replication-status.html`,
  },
  {
    what: 'objects are late',
    seen: { heartbeat: 'arrives', failed: 'none', lag: 'grows' },
    evidence: 'documented',
    because: 'the lag is published, and heartbeats arrive late too',
    page: METRICS,
  },
  {
    what: 'single objects fail, such as those under another key',
    seen: { heartbeat: 'arrives', failed: 'counted', lag: 'none' },
    evidence: 'documented',
    because: 'S3 counts each, and sends an event with the reason',
    page: REASONS,
  },
  {
    what: 'the alarms of the source account are deleted',
    seen: { ...WORKING, sourceAlarms: 'gone' },
    evidence: 'proven',
    because:
      'no alarm watches alarms: `status` and `doctor` say that they are missing. What stops replication afterwards is still noticed by the heartbeat',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html',
  },
  {
    what: 'the source account is lost: closed, or taken over and everything deleted',
    seen: { ...SILENT, sourceAlarms: 'gone' },
    evidence: 'proven',
    because: 'alarm, topic and address are of the backup account, and need nothing of the source account',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html',
  },
  {
    what: 'the schedule is deleted or disabled, or its role is cut',
    seen: SILENT,
    evidence: 'proven',
    because: 'no heartbeat is written, though objects are replicated: `doctor` shows which of the two it is',
    page: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html',
    without: 'heartbeat role',
  },
  {
    what: "the replica bucket's notification or its queue is deleted",
    seen: SILENT,
    evidence: 'proven',
    because: 'nobody counts the heartbeats that arrive',
    page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
  },
  {
    what: 'the rule replicates the heartbeat, and not the objects',
    seen: WORKING,
    evidence: 'documented',
    because:
      'the heartbeat proves that the heartbeat arrives: `doctor` compares the rule with the configuration, and `audit` counts the objects',
    page: `${S3}/replication-add-config.html`,
  },
  {
    what: 'the alarms of the backup account are deleted',
    seen: { ...WORKING, backupAlarms: 'gone' },
    evidence: 'proven',
    because: 'no alarm watches alarms: `status` and `doctor` say that they are missing',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html',
  },
];
