import { z } from 'zod';
import { isKnownRegion, isSupportedRegion, PARTITIONS, partitionName } from './regions';

/** Kinds of values that keys of the configuration take, with what to write instead of another. */

export const wholeNumber = (name: string, min: number, max: number) => {
  const error = `write ${name} as a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
export const onOff = () => z.boolean({ error: 'write true or false' });
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `write one of ${values.join(', ')}` });

export const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

export const objectError = (example: string) => `write an object such as ${example}`;

/** Storage classes that a lifecycle rule moves replicas to. */
export const TRANSITION_CLASSES = ['INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const;

/** Days that S3 takes for a retention period: a hundred years. */
const MOST_DAYS = 36_500;

const days = (what: string) => wholeNumber(what, 1, MOST_DAYS);

/**
 * The sentence that COMPLIANCE is confirmed with.
 *
 * @param retention days
 */
export function confirmationOf(retention: number): string {
  return `I cannot delete these objects for ${retention} day${retention === 1 ? '' : 's'}`;
}

/**
 * Object Lock of a replica bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export const objectLock = z
  .strictObject(
    {
      mode: oneOf(['GOVERNANCE', 'COMPLIANCE']),
      days: days('days'),
      confirm: z.string({ error: 'write the sentence as a string, or leave the key out' }).optional(),
      maximumRetentionDays: days('days').optional(),
    },
    { error: objectError('{ "mode": "GOVERNANCE", "days": 30 }') },
  )
  .optional();

const transition = z.strictObject(
  { storageClass: oneOf(TRANSITION_CLASSES), days: days('days') },
  { error: objectError('{ "storageClass": "DEEP_ARCHIVE", "days": 90 }') },
);

/**
 * What S3 Lifecycle does with replicas, and with noncurrent versions of the source.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export const lifecycle = z
  .strictObject(
    {
      abortMultipartDays: days('days').default(7),
      noncurrentDays: days('days').optional(),
      noncurrentVersions: wholeNumber('versions', 1, 100).optional(),
      replicaExpireDays: days('days').optional(),
      transitions: z
        .array(transition, { error: 'write a list such as [{ "storageClass": "DEEP_ARCHIVE", "days": 90 }]' })
        .default([]),
      sourceNoncurrentDays: days('days').optional(),
      sourceNoncurrentVersions: wholeNumber('versions', 1, 100).optional(),
    },
    { error: objectError('{ "noncurrentDays": 90 }') },
  )
  .prefault({});

const breakGlassRoleArn = text(
  /^arn:[\w-]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  'write the ARN of a role of the destination account, such as "arn:aws:iam::222222222222:role/BreakGlass"',
);

/** Who alone may destroy replicas. */
export const lockdown = z
  .strictObject(
    { breakGlassRoleArn },
    { error: objectError('{ "breakGlassRoleArn": "arn:aws:iam::222222222222:role/BreakGlass" }') },
  )
  .optional();

/** Storage classes that S3 takes for replicas. */
export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const;

const nameRule = (what: string, example: string) =>
  `write ${what}: lower-case letters, digits and single hyphens between them, such as "${example}"`;

export const deployment = z
  .string({ error: nameRule('a name that starts with a letter', 'backups') })
  .regex(/^[a-z](-?[a-z0-9])*$/, { error: nameRule('a name that starts with a letter', 'backups') })
  // S3 reserves the last two as prefixes of bucket names, Parameter Store the first two of parameter names.
  .refine((name) => !/^(aws|ssm|sthree-|amzn-s3-demo-)/.test(name), {
    error: 'write a name that does not start with aws, ssm, sthree- or amzn-s3-demo-, which AWS reserves',
  });

const accountError = 'write the 12-digit account id as a string, such as "111111111111"';
export const account = z.string({ error: accountError }).regex(/^\d{12}$/, { error: accountError });

export const region = z
  .string({ error: 'write a region such as "us-west-2"' })
  .refine(isKnownRegion, { error: 'no region has this name; write one such as "us-west-2"', abort: true })
  .refine(isSupportedRegion, {
    error: (issue) =>
      `partition ${partitionName(String(issue.input))} is not supported; write a region of ${PARTITIONS.join(', ').replace(/, ([^,]*)$/, ' or $1')}`,
  });

const profileError = 'write the name of a profile of your AWS configuration files, or leave the key out';
const profile = z
  .string({ error: profileError })
  .regex(/^\S(.*\S)?$/, { error: profileError })
  .optional();

const side = (placeholder: string, defaultRegion: string) =>
  z
    .strictObject(
      { account: account.default(placeholder), region: region.default(defaultRegion), profile },
      { error: objectError(`{ "account": "${placeholder}", "region": "${defaultRegion}" }`) },
    )
    .prefault({});

export const source = side('111111111111', 'ap-southeast-2');
export const destination = side('222222222222', 'us-west-2');

const tagKey = z.string().regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu, {
  error: 'write a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @ that does not start with aws:',
});
const tagValueError = 'write a tag value of at most 256 letters, digits, spaces and _ . : / = + - @, as a string';
const tagValue = z.string({ error: tagValueError }).regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, { error: tagValueError });
const tagMap = (max: number) =>
  z
    .record(tagKey, tagValue, { error: objectError('{ "team": "storage" }') })
    .refine((tags) => Object.keys(tags).length <= max, { error: `write at most ${max} tags` });

const prefixError = 'write the first characters of object keys, at most 1,024 bytes; leave the key out for every object';
const filter = z.strictObject(
  {
    prefix: z
      .string({ error: prefixError })
      .min(1, { error: prefixError })
      .refine((prefix) => Buffer.byteLength(prefix) <= 1024, { error: prefixError })
      .refine((prefix) => !prefix.includes('${Token['), {
        error: 'the CDK takes this for a token of its own; write another prefix',
      })
      .optional(),
    tags: tagMap(10).optional(),
  },
  { error: objectError('{ "prefix": "reports/" }') },
);

export const pairId = z
  .string({ error: nameRule('an id', 'documents') })
  .regex(/^[a-z0-9](-?[a-z0-9])*$/, { error: nameRule('an id', 'documents') })
  // The id becomes a construct's, and the construct library takes this one for a child that is there already.
  .refine((id) => id !== 'constructor', { error: 'the CDK cannot use this id; write another one' });

const group = z
  .string({ error: nameRule('a name that starts with a letter', 'archive') })
  .regex(/^[a-z](-?[a-z0-9])*$/, { error: nameRule('a name that starts with a letter', 'archive') });

export const storageClass = oneOf(STORAGE_CLASSES).default('STANDARD_IA');

const withoutArn = (name: string) => name.replace(/^arn:[\w-]+:s3:::/, '');

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/;
const bucketNameError = 'write the name of the bucket, 3 to 63 characters, not its ARN or URL, such as "acme-invoices"';

/** A source bucket that another stack, another tool or nobody manages. */
export const sourceBucket = z.strictObject(
  {
    name: text(BUCKET_NAME, bucketNameError)
      .min(3, { error: bucketNameError })
      .max(63, { error: bucketNameError })
      .refine((name) => !/^\d+(\.\d+){3}$/.test(name), { error: bucketNameError }),
    keyArns: z
      .array(
        text(
          /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
          'write the ARN of a key, not of an alias, such as "arn:aws:kms:ap-southeast-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
        ),
        { error: 'write a list of the ARNs of the keys that encrypt objects of the bucket, or leave the key out' },
      )
      .max(20, { error: 'write at most 20 keys: the policy of the replication role names each of them' })
      .default([]),
    roleArn: text(
      /^arn:[\w-]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
      'write the ARN of the role that the bucket replicates with already, such as "arn:aws:iam::111111111111:role/replication"',
    ).optional(),
    replaces: z
      .array(z.string({ error: 'write the id of a replication rule' }).min(1).max(255), {
        error: 'write a list of the ids of the rules that this pair takes the place of',
      })
      .min(1, { error: 'name at least one rule, or leave the key out' })
      .optional(),
  },
  {
    error: ({ input }) =>
      typeof input === 'string' && BUCKET_NAME.test(withoutArn(input))
        ? `write an object: "sourceBucket": { "name": "${withoutArn(input)}" }`
        : objectError('{ "name": "acme-invoices" }'),
  },
);

const pair = z.strictObject(
  {
    id: pairId,
    sourceBucket: sourceBucket.optional(),
    filter: filter.optional(),
    storageClass,
    replicateDeleteMarkers: onOff().default(false),
    timeControl: onOff().default(false),
    bucketKeys: onOff().default(true),
    objectLock,
    sourceObjectLock: onOff().default(false),
    lifecycle,
    group: group.optional(),
  },
  { error: objectError('{ "id": "documents" }') },
);

const pairsError = 'write a list of at least one pair, such as [{ "id": "documents" }]';
export const pairs = z
  .array(pair, { error: pairsError })
  .min(1, { error: pairsError })
  .default(() => [pair.parse({ id: 'documents' })]);

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html */
const topicArn = text(
  /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/,
  'write the ARN of a standard SNS topic, such as "arn:aws:sns:us-west-2:222222222222:on-call"',
);

const runbookUrl = text(
  /^https?:\/\/[!-~]{1,400}$/,
  'write an address such as "https://example.com/runbook.md", or leave the key out',
).optional();

const email = text(/^[^\s@]+@[^\s@]+$/, 'write an e-mail address, or leave the key out').optional();

export const pipelineAccount = account;

/** The tooling account's pipeline. What it has no default for has to be written. */
const pipeline = z
  .strictObject(
    {
      account: pipelineAccount,
      region,
      profile,
      repository: text(/^[\w.-]+(\/[\w.-]+)+$/, 'write the repository as "owner/name"'),
      branch: text(/^[^\s~^:?*[\\]+$/, 'write the name of a branch, such as "main"').default('main'),
      connectionArn: text(
        /^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/,
        'write the ARN of a CodeConnections connection, such as "arn:aws:codeconnections:us-west-2:333333333333:connection/aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f"',
      ),
      approval: onOff().default(true),
      email,
      accept: z
        .array(z.string({ error: 'write the name of a change as the plan prints it' }), {
          error: 'write a list of changes as the plan names them',
        })
        .default([]),
    },
    {
      error: objectError(
        '{ "account": "333333333333", "region": "us-west-2", "repository": "owner/name", "connectionArn": "…" }',
      ),
    },
  )
  .optional();

/** When the owner is told, and how. The defaults are argued in docs/adr/0006-alarm-thresholds.md. */
const monitoring = z
  .strictObject(
    {
      email,
      topicArns: z.array(topicArn, { error: 'write a list of topics by ARN' }).default([]),
      runbookUrl,
      failedOperations: wholeNumber('operations', 1, 1_000_000_000).default(1),
      latencyMinutes: wholeNumber('minutes', 1, 10_080).default(60),
      pendingOperations: wholeNumber('operations', 1, 1_000_000_000).default(10_000),
      pendingBytes: wholeNumber('bytes', 1, Number.MAX_SAFE_INTEGER).default(100 * 2 ** 30),
      dashboard: onOff().default(true),
    },
    { error: objectError('{ "email": "storage@example.com" }') },
  )
  .prefault({});

/**
 * Below a quarter of an hour a heartbeat says nothing: S3 replicates most objects within 15 minutes. Above a day nobody would be told in time.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
 */
export const heartbeat = z
  .union(
    [
      z.literal(false),
      z.strictObject({ minutes: wholeNumber('minutes', 15, 1440).default(60) }, { error: objectError('{ "minutes": 60 }') }),
    ],
    { error: `${objectError('{ "minutes": 60 }')}, or false for no heartbeat` },
  )
  .prefault({});

export const witness = onOff().default(false);

export const backfill = onOff().default(false);
export const bucketNamespace = oneOf(['account-regional', 'global']).default('account-regional');
export const removal = oneOf(['retain', 'destroy']).default('retain');

/** The whole configuration. Every key has a default; an unknown key is an error. */
export const configuration = z.strictObject(
  {
    deployment: deployment.default('backups'),
    source,
    destination,
    keyExchange: oneOf(['stack-output', 'ssm']).default('stack-output'),
    pairs,
    backfill,
    heartbeat,
    witness,
    lockdown,
    bucketNamespace,
    keyRotationDays: wholeNumber('days between rotations', 90, 2560).default(365),
    keyDeletionDays: wholeNumber('days before a key is deleted', 7, 30).default(30),
    removal,
    terminationProtection: onOff().optional(),
    tags: tagMap(50).default({}),
    monitoring,
    pipeline,
  },
  { error: objectError('{ "deployment": "backups" }') },
);
