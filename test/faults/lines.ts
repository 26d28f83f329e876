import { EXIT } from '../../lib/cli/exit-codes';
import { type FaultWorld, REPLICA, SOURCE } from './world';

/** Cells in which a command ends otherwise than with "could not find out", and why that is right. */
export interface Exception {
  readonly steps: RegExp;
  /** @default - every fault */
  readonly faults?: RegExp;
  readonly exit: number;
  readonly why: string;
  /** What a person is told, where it is not the fault. */
  readonly says?: RegExp;
}

/** A command line, and what it asks. */
export interface Line {
  readonly argv: string;
  /** Changes the healthy deployment. */
  readonly before?: (world: FaultWorld) => void | Promise<void>;
  /** What it asks; a star stands for several operations that are tried together. */
  readonly steps: readonly string[];
  /** Each step is one request. @default false */
  readonly asksOnce?: boolean;
  /** It would not take that many attempts: faults that pass happen to one step a run. @default false */
  readonly hasOneObject?: boolean;
  readonly exceptions: readonly Exception[];
}

const { ok, wrong, usage } = EXIT;

const SOURCE_IDENTITY = 'source: sts GetCallerIdentity';
const BACKUP_IDENTITY = 'backup: sts GetCallerIdentity';
const IDENTITIES = [SOURCE_IDENTITY, BACKUP_IDENTITY];
const LISTINGS = ['source: s3 ListObjectVersions', 'backup: s3 ListObjectVersions'];
const TARGET = ['source: s3 HeadBucket', 'source: s3 GetBucketVersioning', 'source: s3 GetBucketReplication'];

const NO_BUCKET: Exception = {
  steps: /s3 (ListObjectVersions|GetBucketReplication)$/,
  faults: /^404$/,
  exit: wrong,
  why: 'the bucket of the pair is not there',
};
const NO_TARGET: readonly Exception[] = [
  {
    steps: /source: s3 HeadBucket$/,
    faults: /^404$/,
    exit: usage,
    why: 'the bucket to restore into is not there',
  },
  {
    steps: /source: s3 HeadBucket$/,
    faults: /^403$/,
    exit: usage,
    why: 'the bucket to restore into belongs to somebody else, or may not be used',
  },
];
const BY_TRANSFER: Exception = {
  steps: /s3 (GetObject|PutObject)$/,
  faults: /^headers$/,
  exit: ok,
  why: 'a checksum of the transfer verifies the content, and tags are asked for in any case',
  says: /everything is there|Passed/,
};
const NOT_COPIED: Exception = {
  steps: /s3 (GetObject|GetObjectTagging|PutObject|UploadPart|\w+MultipartUpload)$/,
  faults: /^(?!expired|later|404|page|xml)/,
  exit: wrong,
  why: 'each object that could not be copied is named with the reason, and the others are copied',
};

const BY_MD5: readonly Exception[] = [
  {
    steps: /GetObject/,
    faults: /^(200|short)$/,
    exit: EXIT.unknown,
    why: 'a report with another MD5 than S3 wrote beside it is not used',
    says: /is not as S3 wrote it|Checksum mismatch/,
  },
  { steps: /GetObject/, faults: /^headers$/, exit: ok, why: 'the MD5s of the report verify the content' },
];

export const LINES: Readonly<Record<string, Line>> = {
  audit: { argv: 'audit --csv a.csv --html a.html', steps: [...IDENTITIES, ...LISTINGS], exceptions: [NO_BUCKET] },
  'audit --deep': {
    argv: 'audit --deep 100 --csv a.csv --html a.html',
    steps: [
      ...IDENTITIES,
      'source: monitoring GetMetricData',
      'backup: ssm GetParameter',
      ...LISTINGS,
      'source: s3 HeadObject',
      'backup: s3 HeadObject',
    ],
    exceptions: [
      NO_BUCKET,
      {
        steps: /GetMetricData/,
        faults: /^(?!expired)/,
        exit: ok,
        why: 'CloudWatch says only in advance how many requests there will be',
        says: /CloudWatch does not say/,
      },
      {
        steps: /backup: s3 HeadObject/,
        faults: /^40[45]$/,
        exit: wrong,
        why: 'the replicas were deleted after they were listed, or are delete markers',
      },
      { steps: /HeadObject/, faults: /^sum$/, exit: wrong, why: 'the content differs' },
      {
        steps: /source: s3 HeadObject/,
        faults: /^headers$/,
        exit: ok,
        why: 'S3 does not have a status and a checksum of every version',
      },
      {
        steps: /backup: s3 HeadObject/,
        faults: /^headers$/,
        exit: wrong,
        why: 'a version that does not say that it is a replica is none',
      },
    ],
  },
  'audit --from-inventory': {
    argv: 'audit --from-inventory --csv a.csv --html a.html',
    before: (world) => world.reportInventories(),
    steps: [BACKUP_IDENTITY, 'backup: s3 ListObjectsV2', 'backup: s3 GetObject'],
    exceptions: BY_MD5,
  },
  explain: {
    asksOnce: true,
    argv: 'explain s3://backups-documents-111111111111-ap-southeast-2-an/a',
    steps: [...IDENTITIES, 'source: s3 GetBucketReplication', ...LISTINGS, 'source: s3 HeadObject', 'backup: s3 HeadObject'],
    exceptions: [
      { ...NO_BUCKET, says: /no bucket|does not have|no replica|missing|deleted/ },
      {
        steps: /HeadObject/,
        faults: /^40[45]$/,
        exit: wrong,
        why: 'the version was deleted after it was listed, or is a delete marker',
        says: /deleted|is not there/,
      },
      { steps: /HeadObject/, faults: /^sum$/, exit: ok, why: '`explain` does not look at checksums', says: /./ },
      {
        steps: /HeadObject/,
        faults: /^headers$/,
        exit: wrong,
        why: 'a version without a status was not replicated, or is no replica',
      },
    ],
  },
  'explain a replica': {
    asksOnce: true,
    argv: 'explain s3://backups-documents-222222222222-us-west-2-an/a',
    steps: [...IDENTITIES, ...LISTINGS, 'backup: s3 HeadObject'],
    exceptions: [
      {
        steps: /source: s3 ListObjectVersions/,
        faults: /^404$/,
        exit: ok,
        why: 'without the source bucket the replica is what is left',
        says: /deleted there since/,
      },
      NO_BUCKET,
      {
        steps: /HeadObject/,
        faults: /^40[45]$/,
        exit: wrong,
        why: 'the version was deleted after it was listed, or is a delete marker',
        says: /deleted/,
      },
      { steps: /HeadObject/, faults: /^sum$/, exit: ok, why: '`explain` does not look at checksums', says: /./ },
      { steps: /HeadObject/, faults: /^headers$/, exit: wrong, why: 'a version that does not say that it is a replica is none' },
    ],
  },
  restore: {
    argv: 'restore --csv a.csv',
    before: (world) => world.lose(),
    steps: [...IDENTITIES, ...TARGET, ...LISTINGS, 'backup: s3 GetObject', 'backup: s3 GetObjectTagging', 'source: s3 PutObject'],
    exceptions: [{ ...NO_BUCKET, steps: /ListObjectVersions/ }, ...NO_TARGET, BY_TRANSFER, NOT_COPIED],
  },
  'restore in parts': {
    argv: 'restore --csv a.csv',
    before: (world) => world.divide(),
    asksOnce: true,
    hasOneObject: true,
    steps: [
      'backup: s3 HeadObject',
      'source: s3 CreateMultipartUpload',
      'source: s3 UploadPart',
      'source: s3 CompleteMultipartUpload',
    ],
    exceptions: [
      NOT_COPIED,
      {
        steps: /HeadObject/,
        faults: /^headers$/,
        exit: ok,
        why: 'a checksum of the transfer verifies the content where S3 shows none',
        says: /everything is there/,
      },
      {
        steps: /HeadObject/,
        faults: /^(?!expired)/,
        exit: wrong,
        why: 'an object that could not be read is named with the reason',
      },
    ],
  },
  'restore over objects': {
    argv: 'restore',
    before: (world) => world.copy(),
    steps: ['source: s3 HeadObject', 'backup: s3 HeadObject'],
    exceptions: [
      {
        steps: /backup: s3 HeadObject/,
        faults: /^headers$/,
        exit: ok,
        why: 'without a checksum the contents of both are read and compared',
        says: /everything is there/,
      },
      {
        steps: /HeadObject/,
        faults: /^(?!expired|later)/,
        exit: wrong,
        why: 'an object that could not be compared is named with the reason',
      },
    ],
  },
  'restore --from-inventory': {
    argv: 'restore --from-inventory --dry-run',
    before: async (world) => {
      await world.reportInventories();
      world.lose();
    },
    steps: ['backup: s3 ListObjectsV2', 'backup: s3 GetObject'],
    exceptions: BY_MD5,
  },
  'restore by batch': {
    argv: 'restore --engine batch',
    before: (world) => world.lose(),
    asksOnce: true,
    steps: ['source: iam GetRole', 'source: s3 PutObject', 'source: s3-control CreateJob', 'source: s3-control DescribeJob'],
    exceptions: [
      {
        steps: /GetRole/,
        faults: /^(?!clock|expired)/,
        exit: ok,
        why: 'whoever may make a job need not be allowed to ask this, and the job itself says whether something is missing',
        says: /Complete/,
      },
      {
        steps: /PutObject|CreateJob/,
        faults: /^403$/,
        exit: wrong,
        why: 'S3 refused the list of objects or the job, and the permissions that it takes are named',
      },
    ],
  },
  'restore --cancel': {
    argv: 'restore --cancel 00e123a4-c0d8-41f4-a0eb-b46f9ba5b000',
    before: (world) => world.beginJob(),
    steps: [SOURCE_IDENTITY, 'source: s3-control UpdateJobStatus'],
    exceptions: [
      {
        steps: /UpdateJobStatus/,
        faults: /^403$/,
        exit: wrong,
        why: 'S3 refused to end the job, and the permission that it takes is named',
      },
    ],
  },
  drill: {
    argv: 'drill --html a.html',
    steps: [
      ...IDENTITIES,
      ...LISTINGS,
      'source: s3 ListBuckets',
      'source: ssm GetParameter',
      'source scratch: s3 CreateBucket',
      'source scratch: s3 PutBucketTagging',
      'source scratch: s3 PutBucketEncryption',
      'backup: s3 GetObject',
      'backup: s3 GetObjectTagging',
      'source scratch: s3 PutObject',
      'source scratch: s3 HeadObject',
      'source: s3 HeadObject',
      'source scratch: s3 GetObjectTagging',
      'source: s3 GetObjectTagging',
      'source scratch: s3 ListObjectVersions',
      'source scratch: s3 DeleteObjects',
      'source scratch: s3 ListMultipartUploads',
      'source scratch: s3 DeleteBucket',
    ],
    exceptions: [
      {
        steps: /source: s3 ListObjectVersions/,
        faults: /^404$/,
        exit: ok,
        why: 'a drill is also for when the source bucket is gone',
        says: /Passed/,
      },
      { ...NO_BUCKET, steps: /backup: s3 ListObjectVersions/ },
      BY_TRANSFER,
      { ...NOT_COPIED, steps: /(backup: s3 (GetObject|GetObjectTagging)|PutObject)$/ },
      {
        steps: /scratch: s3 (ListObjectVersions|DeleteObjects|ListMultipartUploads|DeleteBucket)$/,
        exit: wrong,
        why: 'something stays that the drill made: the bucket is named, and the command that removes it',
      },
      {
        steps: /^source.*s3 (HeadObject|GetObjectTagging)$/,
        faults: /^(clock|expired|later)$/,
        exit: wrong,
        why: 'the bucket that the drill made cannot be removed either: it is named, and the command that removes it',
      },
      {
        steps: /HeadObject$/,
        faults: /^headers$/,
        exit: ok,
        why: 'without a checksum the contents of both are read and compared',
      },
      { steps: /HeadObject$/, faults: /^sum$/, exit: wrong, why: 'the content differs' },
      {
        steps: /scratch: s3 HeadObject$/,
        faults: /^40[45]$/,
        exit: wrong,
        why: 'the object is not there after its restore',
        says: /not there after its restore/,
      },
      {
        steps: /source: s3 HeadObject$/,
        faults: /^40[45]$/,
        exit: ok,
        why: 'the version was deleted from the source bucket: the replica takes its place, and the report says so',
        says: /the source has the version no longer/,
      },
    ],
  },
  verify: {
    asksOnce: true,
    argv: 'verify',
    steps: [
      ...IDENTITIES,
      'source: cloudformation GetTemplate',
      'backup: cloudformation GetTemplate',
      'source: kms DescribeKey',
      'backup: kms DescribeKey',
      'source: s3 GetBucketVersioning',
      'source: s3 GetBucketReplication',
      'backup: s3 GetBucketVersioning',
      'source: s3 PutObject',
      'source: s3 HeadObject',
      'backup: s3 HeadObject',
      'backup: ssm GetParameter',
      'backup: s3 GetObjectTagging',
      'backup: s3 GetBucketOwnershipControls',
      'source: s3 DeleteObject',
      'backup: s3 ListObjectVersions',
      'backup: s3 DeleteObject',
      'source: ssm PutParameter',
    ],
    exceptions: [
      {
        steps: /GetTemplate|kms DescribeKey|GetBucketVersioning|GetBucketReplication/,
        faults: /^(?!clock|expired)/,
        exit: ok,
        why: 'the replica proves what the question before it could not find out',
        says: /verified/,
      },
      {
        steps: /source: s3 PutObject/,
        faults: /^(400|404|405)$/,
        exit: wrong,
        why: 'S3 refused the canary',
      },
      {
        steps: /backup: s3 ListObjectVersions/,
        faults: /^marker$/,
        exit: ok,
        why: 'the versions of one key are on one page',
        says: /verified/,
      },
      {
        steps: /DeleteObject|backup: s3 ListObjectVersions/,
        exit: ok,
        why: 'the replica is verified; what could not be deleted is named, and when a lifecycle rule deletes it',
        says: /verified[^]*(stays|may be there)/,
      },
      {
        steps: /PutParameter/,
        exit: ok,
        why: 'the replica is verified, and `verify` says that `status` will not know it',
        says: /could not be recorded/,
      },
      { steps: /HeadObject/, faults: /^sum$/, exit: ok, why: '`verify` compares another checksum', says: /verified/ },
      { steps: /backup: s3 HeadObject/, faults: /^404$/, exit: wrong, why: 'there is no replica', says: /no object/ },
      {
        steps: /HeadObject/,
        faults: /^headers$/,
        exit: wrong,
        why: 'a version without a status was not replicated, or is no replica',
      },
    ],
  },
  status: {
    argv: 'status --html a.html',
    steps: [
      ...IDENTITIES,
      'source: monitoring GetMetricData',
      'source: monitoring DescribeAlarms',
      'backup: monitoring DescribeAlarms',
      'source: sqs GetQueueUrl',
      'source: sqs GetQueueAttributes',
      'source: sqs ReceiveMessage',
      'source: ssm GetParameters',
      'source: kms DescribeKey',
      'backup: kms DescribeKey',
    ],
    exceptions: [],
  },
  failures: {
    argv: 'failures',
    steps: [SOURCE_IDENTITY, 'source: sqs GetQueueUrl', 'source: sqs GetQueueAttributes', 'source: sqs ReceiveMessage'],
    exceptions: [],
  },
  'failures --ack': {
    argv: 'failures --ack',
    before: (world) => world.arriveLate(),
    steps: ['source: sqs ReceiveMessage', 'source: sqs DeleteMessageBatch'],
    exceptions: [],
  },
  backfill: {
    argv: 'backfill',
    steps: [
      SOURCE_IDENTITY,
      'source: s3 HeadBucket',
      'source: iam GetRole',
      'source: s3 GetBucketReplication',
      'source: s3-control ListJobs',
      'source: s3-control CreateJob',
      'source: s3-control DescribeJob',
      'source: monitoring GetMetricData',
      'source: s3-control UpdateJobStatus',
    ],
    exceptions: [
      { ...NO_BUCKET, steps: /s3 (HeadBucket|GetBucketReplication)$/, says: /backfill needs what is not there|no bucket/ },
      {
        steps: /HeadBucket|GetRole|GetMetricData/,
        faults: /^(?!clock|expired)/,
        exit: ok,
        why: 'whoever may make a job need not be allowed to ask this, and the job itself says whether something is missing',
        says: /Complete/,
      },
      {
        steps: /CreateJob|UpdateJobStatus/,
        faults: /^403$/,
        exit: wrong,
        why: 'S3 refused the job, and the permissions that it takes are named',
      },
    ],
  },
  init: {
    argv: `init --source-profile source --destination-profile destination --source-region ap-southeast-2 --destination-region us-west-2 --deployment vault --bucket ${SOURCE}=documents --new other --replica-bucket ${REPLICA}=other`,
    steps: [
      ...IDENTITIES,
      'source: s3 HeadBucket',
      'source: s3 GetBucketVersioning',
      'source: s3 GetBucketEncryption',
      'source: s3 GetBucketReplication',
      'source: s3 GetObjectLockConfiguration',
      'source: monitoring GetMetricData',
      'backup: s3 HeadBucket',
      'backup: s3 GetBucketVersioning',
      'backup: s3 GetBucketEncryption',
      'backup: s3 GetBucketReplication',
      'backup: s3 GetObjectLockConfiguration',
      'backup: s3 GetBucketOwnershipControls',
      'backup: s3 GetBucketRequestPayment',
      'backup: monitoring GetMetricData',
    ],
    exceptions: [
      {
        steps: /HeadBucket/,
        faults: /^(301|404)$/,
        exit: usage,
        why: 'the bucket is not there, or in another Region, and the person names another one',
        says: /there is no such bucket|it is in eu-west-1/,
      },
      {
        steps: /HeadBucket/,
        faults: /^40[03]$/,
        exit: ok,
        why: "the next request shows that the bucket is there and is the account's",
        says: /was written/,
      },
      {
        steps: /GetMetricData/,
        exit: ok,
        why: 'the size of a bucket decides nothing, and is said to be unknown',
        says: /older than the rule is unknown|an unknown number of objects/,
      },
    ],
  },
  exchange: {
    argv: 'exchange',
    before: (world) => world.record(undefined),
    steps: [BACKUP_IDENTITY, 'backup: ssm GetParameter'],
    exceptions: [],
  },
  bootstrap: {
    argv: 'bootstrap',
    steps: [...IDENTITIES, 'source: cloudformation DescribeStacks', 'backup: cloudformation DescribeStacks'],
    exceptions: [],
  },
  doctor: {
    argv: 'doctor',
    steps: [
      ...IDENTITIES,
      'source: account *',
      'backup: account *',
      'source: cloudformation *',
      'backup: cloudformation *',
      'source: iam *',
      'source: kms *',
      'backup: kms *',
      'source: monitoring *',
      'backup: monitoring *',
      'source: s3 *',
      'backup: s3 *',
      'source: scheduler *',
      'source: sns *',
      'backup: sns *',
      'source: sqs *',
      'backup: sqs *',
      'source: ssm *',
      'backup: ssm *',
    ],
    exceptions: [
      {
        steps: / s3 /,
        faults: /^404$/,
        exit: wrong,
        why: 'the bucket of the pair is not there',
        says: /does not exist/,
      },
      {
        steps: / account /,
        faults: /^403$/,
        exit: ok,
        why: 'CloudFormation of the Region answers, so it is enabled',
        says: /region is enabled/,
      },
    ],
  },
};
