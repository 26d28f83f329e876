/** One of the things that go wrong for people who replicate buckets across accounts, and what this project does about it. */
export interface Pain {
  readonly number: number;
  readonly pain: string;
  /** Whether it cannot happen here, or happens and is named by a check. */
  readonly answer: 'prevented' | 'found';
  /** Ids of checks, or what in the app prevents it. */
  readonly by: readonly string[];
}

/** The fifteen faults that public issue trackers show most often. A test makes each of them happen, or shows that it cannot. */
export const PAINS: readonly Pain[] = [
  {
    number: 1,
    pain: 'replication has been broken for weeks, and nobody noticed',
    answer: 'found',
    by: [
      'rule-metrics',
      'failed-operations',
      'metrics-data',
      'failure-events',
      'source-health-alarm',
      'destination-health-alarm',
      'notifications-source',
      'notifications-destination',
    ],
  },
  {
    number: 2,
    pain: 'nothing replicates any more after S3 Bucket Keys are switched on',
    answer: 'prevented',
    by: ['policies admit the bucket and its objects as encryption context'],
  },
  {
    number: 3,
    pain: 'only one of the two accounts lets the role use the replica key',
    answer: 'found',
    by: ['role-policy', 'replica-key-grant'],
  },
  {
    number: 4,
    pain: 'kms:GenerateDataKey is missing',
    answer: 'found',
    by: ['role-policy', 'replica-key-grant'],
  },
  {
    number: 5,
    pain: 'the first deployment fails: a policy names a role that does not exist yet',
    answer: 'prevented',
    by: ['policies name the account, and pin the role by condition'],
  },
  {
    number: 6,
    pain: 'the rule is created before the replica bucket exists or is versioned',
    answer: 'prevented',
    by: ['the source stack depends on the destination stack'],
  },
  {
    number: 7,
    pain: 'circular dependencies, and ARNs copied by hand',
    answer: 'prevented',
    by: ['every name follows from the configuration; the key exchange carries the one value that does not'],
  },
  {
    number: 8,
    pain: 'one deployment over two accounts has credentials for one of them only',
    answer: 'found',
    by: ['credentials-destination', 'credentials-source', 'bootstrap-destination', 'bootstrap-source', 'bootstrap-trust'],
  },
  {
    number: 9,
    pain: 'replicas belong to the wrong account, or the change of owner is refused',
    answer: 'found',
    by: ['replica-ownership', 'rule-account'],
  },
  {
    number: 10,
    pain: 'tagged objects fail: s3:ReplicateTags is missing on one side',
    answer: 'found',
    by: ['role-policy', 'replica-bucket-policy'],
  },
  {
    number: 11,
    pain: 'objects that are older than the rule, or FAILED, stay behind',
    answer: 'found',
    by: ['failed-operations'],
  },
  {
    number: 12,
    pain: 'a Deny or a condition that is too narrow stops replicas',
    answer: 'found',
    by: ['replica-deny', 'replica-key-deny', 'source-deny', 'source-key-deny', 'role-trust', 'role-boundary'],
  },
  {
    number: 13,
    pain: 'Object Lock on one side only stops replication',
    answer: 'found',
    by: ['replica-object-lock', 'source-object-lock'],
  },
  {
    number: 14,
    pain: 'an alarm never fires: metrics are off, or looked for in the wrong region or account',
    answer: 'found',
    by: ['rule-metrics', 'metrics-data', 'rule-time-control', 'source-alarms', 'destination-alarms'],
  },
  {
    number: 15,
    pain: 'the replica is not what people expect: delete markers, storage class, filter',
    answer: 'found',
    by: ['rule-delete-markers', 'rule-storage-class', 'rule-filter'],
  },
];
