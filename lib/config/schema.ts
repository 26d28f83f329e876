import { z } from 'zod';
import { isKnownRegion, isSupportedRegion, knownRegions, PARTITIONS, partitionName } from './regions';

/**
 * Kinds of values that keys of the configuration take, with what to write instead of another. The description of each key is what an editor
 * shows: docs/config.schema.json is made from this file.
 */

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
      mode: oneOf(['GOVERNANCE', 'COMPLIANCE']).describe(
        'GOVERNANCE: only a principal with s3:BypassGovernanceRetention can delete a locked replica. COMPLIANCE: nobody can, and you cannot undo it.',
      ),
      days: days('days').describe('Days for which each new replica is locked.'),
      confirm: z
        .string({ error: 'write the sentence as a string, or leave the key out' })
        .optional()
        .describe('Required for COMPLIANCE: the days spelled out, such as "I cannot delete these objects for 30 days".'),
      maximumRetentionDays: days('days')
        .optional()
        .describe(
          'The longest retention that a source object can impose on its replica. S3 does not replicate objects with a longer one. Only with sourceObjectLock. Without it, there is no bound.',
        ),
    },
    { error: objectError('{ "mode": "GOVERNANCE", "days": 30 }') },
  )
  .optional()
  .describe('Object Lock of the replica bucket. You cannot remove or shorten it later. Without it, replicas are not locked.');

const transition = z.strictObject(
  {
    storageClass: oneOf(TRANSITION_CLASSES).describe('Storage class that replicas move to.'),
    days: days('days').describe('Days after which they move, counted from the creation of the original.'),
  },
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
      abortMultipartDays: days('days').default(7).describe('Days after which both buckets abort incomplete multipart uploads.'),
      noncurrentDays: days('days')
        .optional()
        .describe('Days after which noncurrent replicas are permanently deleted. Without it, they are kept.'),
      noncurrentVersions: wholeNumber('versions', 1, 100)
        .optional()
        .describe('Number of the newest noncurrent replicas of a key that noncurrentDays does not delete. Without it, none.'),
      replicaExpireDays: days('days')
        .optional()
        .describe('Days after which replicas expire, counted from the creation of the original. Without it, never.'),
      transitions: z
        .array(transition, { error: 'write a list such as [{ "storageClass": "DEEP_ARCHIVE", "days": 90 }]' })
        .default([])
        .describe('Moves replicas to other storage classes, in the order of the days.'),
      sourceNoncurrentDays: days('days')
        .optional()
        .describe(
          'Days after which noncurrent versions of the source bucket are permanently deleted; their replicas stay. Without it, they are kept.',
        ),
      sourceNoncurrentVersions: wholeNumber('versions', 1, 100)
        .optional()
        .describe('Number of the newest noncurrent versions that sourceNoncurrentDays does not delete. Without it, none.'),
    },
    { error: objectError('{ "noncurrentDays": 90 }') },
  )
  .prefault({})
  .describe('S3 Lifecycle of both buckets of the pair.');

const breakGlassRoleArn = text(
  /^arn:[\w-]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  'write the ARN of a role of the destination account, such as "arn:aws:iam::222222222222:role/BreakGlass"',
).describe('ARN of the role of the destination account that alone can delete versions, buckets and the replica key.');

/** Who alone may destroy replicas. */
export const lockdown = z
  .strictObject(
    { breakGlassRoleArn },
    { error: objectError('{ "breakGlassRoleArn": "arn:aws:iam::222222222222:role/BreakGlass" }') },
  )
  .optional()
  .describe(
    'Policies under which one role alone can destroy replicas. Without it, administrators of the destination account can.',
  );

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
  })
  // For editors: JSON Schema cannot express the checks above.
  .meta({ enum: knownRegions().filter(isSupportedRegion) });

const profileError = 'write the name of a profile of your AWS configuration files, or leave the key out';
const profile = z
  .string({ error: profileError })
  .regex(/^\S(.*\S)?$/, { error: profileError })
  .optional()
  .describe('AWS profile with credentials of the account. Without it, the credentials of the environment.');

const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;
const KEY_ARN_EXAMPLE = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/**
 * Says what to write instead of something that is not the ARN of a key. KMS resolves an alias in the account of the caller, which is the source's
 * here: the replicas could then be under another key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html
 */
function keyArnError({ input }: { readonly input?: unknown }): string {
  const written = typeof input === 'string' && /^[\w:/-]{1,2048}$/.test(input) ? input : '';
  if (/(^|:)alias\//.test(written)) {
    return `write the ARN of the key and not an alias, which S3 resolves in the source account; this shows it: aws kms describe-key --key-id ${written} --query KeyMetadata.Arn`;
  }
  const id = /^(?:key\/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(written)?.[1];
  return id === undefined
    ? `write the ARN of a key of the destination account, such as "${KEY_ARN_EXAMPLE}", or leave the key out`
    : `write the whole ARN and not the id, such as "${KEY_ARN_EXAMPLE.replace(/[^/]*$/, id)}"`;
}

/** A replica key that somebody in the destination account owns already. */
export const replicaKeyArn = z
  .string({ error: keyArnError })
  .regex(KEY_ARN, { error: keyArnError })
  .optional()
  .describe(
    'ARN of a KMS key of the destination account that exists already and stays with its owner. Without it, the deployment makes the key.',
  );

const side = <const Keys extends z.core.$ZodLooseShape>(placeholder: string, defaultRegion: string, keys: Keys) =>
  z.strictObject(
    {
      account: account.default(placeholder).describe('12-digit account id, as a string. The default is a placeholder.'),
      region: region.default(defaultRegion).describe('Region of the buckets.'),
      profile,
      ...keys,
    },
    { error: objectError(`{ "account": "${placeholder}", "region": "${defaultRegion}" }`) },
  );

export const source = side('111111111111', 'ap-southeast-2', {})
  .prefault({})
  .describe('The account and Region whose buckets are protected.');
export const destination = side('222222222222', 'us-west-2', { keyArn: replicaKeyArn })
  .prefault({})
  .describe('The backup account and Region that keep the replicas: another account, another Region, the same partition.');

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
      .optional()
      .describe('Only objects whose keys start with this, at most 1,024 bytes. Without it, every key.'),
    tags: tagMap(10).optional().describe('Only objects that have all these tags. Without it, every object.'),
  },
  { error: objectError('{ "prefix": "reports/" }') },
);

export const pairId = z
  .string({ error: nameRule('an id', 'documents') })
  .regex(/^[a-z0-9](-?[a-z0-9])*$/, { error: nameRule('an id', 'documents') })
  // The id becomes a construct's, and the construct library takes this one for a child that is there already.
  .refine((id) => id !== 'constructor', { error: 'the CDK cannot use this id; write another one' })
  .describe('Names the pair, and with the deployment its buckets and its role. Changing it makes a new pair.');

const group = z
  .string({ error: nameRule('a name that starts with a letter', 'archive') })
  .regex(/^[a-z](-?[a-z0-9])*$/, { error: nameRule('a name that starts with a letter', 'archive') });

export const storageClass = oneOf(STORAGE_CLASSES).default('STANDARD_IA').describe('Storage class of the replicas.');

/** The name of a bucket that is written as its ARN. */
export const withoutArn = (name: string) => name.replace(/^arn:[\w-]+:s3:::/, '');

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/;
const bucketNameError = (example: string) =>
  `write the name of the bucket, 3 to 63 characters, not its ARN or URL, such as "${example}"`;

const bucketName = (example: string) =>
  text(BUCKET_NAME, bucketNameError(example))
    .min(3, { error: bucketNameError(example) })
    .max(63, { error: bucketNameError(example) })
    .refine((name) => !/^\d+(\.\d+){3}$/.test(name), { error: bucketNameError(example) });

/** Says how a bucket that exists already is written: not as its name alone. */
const ownedBucketError =
  (key: string, example: string) =>
  ({ input }: { readonly input?: unknown }) =>
    typeof input === 'string' && BUCKET_NAME.test(withoutArn(input))
      ? `write an object: "${key}": { "name": "${withoutArn(input)}" }`
      : objectError(`{ "name": "${example}" }`);

/** A replica bucket that somebody in the backup account owns already. */
export const replicaBucket = z.strictObject(
  { name: bucketName('acme-backup').describe('Name of the bucket, in the destination account and Region.') },
  { error: ownedBucketError('replicaBucket', 'acme-backup') },
);

/** A source bucket that another stack, another tool or nobody manages. */
export const sourceBucket = z.strictObject(
  {
    name: bucketName('acme-invoices').describe('Name of the bucket, in the source account and Region.'),
    keyArns: z
      .array(
        text(
          KEY_ARN,
          'write the ARN of a key, not of an alias, such as "arn:aws:kms:ap-southeast-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
        ),
        { error: 'write a list of the ARNs of the keys that encrypt objects of the bucket, or leave the key out' },
      )
      .max(20, { error: 'write at most 20 keys: the policy of the replication role names each of them' })
      .default([])
      .describe('ARNs of all KMS keys that encrypt objects of the bucket. Objects under another key are not replicated.'),
    roleArn: text(
      /^arn:[\w-]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
      'write the ARN of the role that the bucket replicates with already, such as "arn:aws:iam::111111111111:role/replication"',
    )
      .optional()
      .describe(
        'ARN of the role that the bucket replicates with already: its rules stay, and the new one joins. Without it, a role of the pair.',
      ),
    replaces: z
      .array(z.string({ error: 'write the id of a replication rule' }).min(1).max(255), {
        error: 'write a list of the ids of the rules that this pair takes the place of',
      })
      .min(1, { error: 'name at least one rule, or leave the key out' })
      .optional()
      .describe('Ids of all replication rules that the bucket has: the new rule takes their place. Without it, none is removed.'),
  },
  { error: ownedBucketError('sourceBucket', 'acme-invoices') },
);

const pair = z.strictObject(
  {
    id: pairId,
    sourceBucket: sourceBucket
      .optional()
      .describe('A source bucket that exists already and stays with its owner. Without it, the deployment makes the bucket.'),
    replicaBucket: replicaBucket
      .optional()
      .describe('A replica bucket that exists already and stays with its owner. Without it, the deployment makes the bucket.'),
    filter: filter.optional().describe('Which objects replicate. Without it, every object.'),
    storageClass,
    replicateDeleteMarkers: onOff().default(false).describe('Replicates delete markers. Not with a tag filter.'),
    timeControl: onOff().default(false).describe('S3 Replication Time Control: within 15 minutes, at extra cost.'),
    bucketKeys: onOff().default(true).describe('S3 Bucket Keys on both buckets: far fewer KMS requests.'),
    objectLock,
    sourceObjectLock: onOff()
      .default(false)
      .describe('Object Lock of the source bucket, for applications that lock their objects. Requires objectLock.'),
    lifecycle,
    inventory: onOff()
      .optional()
      .describe(
        'Whether the buckets of the pair have an inventory. Requires the top-level inventory. Without it, only pairs whose two buckets the deployment makes.',
      ),
    group: group
      .optional()
      .describe(
        'Name of the group, a unit with stacks and keys of its own. A pair stays in its group. Without it, the unnamed group.',
      ),
  },
  { error: objectError('{ "id": "documents" }') },
);

const pairsError = 'write a list of at least one pair, such as [{ "id": "documents" }]';
export const pairs = z
  .array(pair, { error: pairsError })
  .min(1, { error: pairsError })
  .default(() => [pair.parse({ id: 'documents' })])
  .meta({ description: 'One source bucket and its replica bucket each.', default: [{ id: 'documents' }] });

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html */
const topicArn = text(
  /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/,
  'write the ARN of a standard SNS topic, such as "arn:aws:sns:us-west-2:222222222222:on-call"',
);

const runbookUrl = text(
  /^https?:\/\/[!-~]{1,400}$/,
  'write an address such as "https://example.com/runbook.md", or leave the key out',
)
  .optional()
  .describe('Address of your runbook. Each alarm links to its section there. Without it, alarms name docs/runbook.md.');

const email = text(/^[^\s@]+@[^\s@]+$/, 'write an e-mail address, or leave the key out').optional();

export const pipelineAccount = account;

/** The tooling account's pipeline. What it has no default for has to be written. */
const pipeline = z
  .strictObject(
    {
      account: pipelineAccount.describe('12-digit id of the tooling account, a third account.'),
      region: region.describe('Region of the pipeline.'),
      profile,
      repository: text(/^[\w.-]+(\/[\w.-]+)+$/, 'write the repository as "owner/name"').describe(
        'The repository that is deployed, as owner/name.',
      ),
      branch: text(/^[^\s~^:?*[\\]+$/, 'write the name of a branch, such as "main"')
        .default('main')
        .describe('The branch that is deployed when it changes.'),
      connectionArn: text(
        /^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/,
        'write the ARN of a CodeConnections connection, such as "arn:aws:codeconnections:us-west-2:333333333333:connection/aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f"',
      ).describe('ARN of the CodeConnections connection that reads the repository.'),
      approval: onOff().default(true).describe('A person approves before each account.'),
      email: email.describe('Address that receives a mail when a run fails. Without it, nobody does.'),
      accept: z
        .array(z.string({ error: 'write the name of a change as the plan prints it' }), {
          error: 'write a list of changes as the plan names them',
        })
        .default([])
        .describe('Changes that the pipeline would stop at, by the names that its plan gives them.'),
    },
    {
      error: objectError(
        '{ "account": "333333333333", "region": "us-west-2", "repository": "owner/name", "connectionArn": "…" }',
      ),
    },
  )
  .optional()
  .describe('A pipeline in a tooling account that deploys what is pushed. Without it, there is none.');

const environmentError =
  'write a name of lower-case letters, digits and hyphens, at most 100, that starts with a letter, such as "backup"';

/**
 * GitHub Actions in place of a pipeline: which repository, and which of its environments, are let into both accounts.
 *
 * A repository that was made, renamed or transferred after 15 July 2026 has ids in the subject of its tokens.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
const github = z.strictObject(
  {
    repository: text(
      /^(?:[\w-]{1,100}\/[\w.-]{1,100}|[\w-]{1,100}@\d{1,20}\/[\w.-]{1,100}@\d{1,20})$/,
      'write the repository as "owner/name", or as "owner@OWNER-ID/name@REPOSITORY-ID" where its tokens have ids; this shows it: gh api repos/OWNER/NAME/actions/oidc/customization/sub',
    ).describe(
      'The repository whose workflows are let in, as owner/name. With immutable subject claims, as owner@OWNER-ID/name@REPOSITORY-ID.',
    ),
    environment: text(/^[a-z][a-z0-9-]{0,99}$/, environmentError).describe(
      'Environment of the repository that deploys. Those that plan, operate and drill have this name and -plan, -operate or -drill.',
    ),
    existingProviders: z
      .array(oneOf(['source', 'destination']), { error: 'write a list of "source" and "destination"' })
      .default([])
      .describe(
        "Sides whose account has GitHub's OIDC provider already: an account can have only one. The deployment makes it in the others.",
      ),
    accept: z
      .array(z.string({ error: 'write the name of a change as the plan prints it' }), {
        error: 'write a list of changes as the plan names them',
      })
      .default([])
      .describe('Changes that the workflows would stop at, by the names that the plan gives them.'),
  },
  { error: objectError('{ "repository": "owner/name", "environment": "backup" }') },
);

const delivery = z
  .strictObject(
    { github: github.describe('Roles in both accounts for workflows of GitHub Actions.') },
    { error: objectError('{ "github": { "repository": "owner/name", "environment": "backup" } }') },
  )
  .optional()
  .describe(
    'Lets workflows of GitHub Actions deploy and check. Not together with a pipeline. Without it, no role trusts GitHub.',
  );

/** When the owner is told, and how. The defaults are argued in docs/adr/0006-alarm-thresholds.md. */
const monitoring = z
  .strictObject(
    {
      email: email.describe(
        'Address that receives the alarms of both accounts. Confirm each mail that AWS sends. Without it, no alarm reaches you.',
      ),
      topicArns: z
        .array(topicArn, { error: 'write a list of topics by ARN' })
        .default([])
        .describe('Existing SNS topics that are told too. Each serves the alarms of its own account and Region.'),
      runbookUrl,
      failedOperations: wholeNumber('operations', 1, 1_000_000_000)
        .default(1)
        .describe('Alarm when this many operations of a pair fail within five minutes.'),
      latencyMinutes: wholeNumber('minutes', 1, 10_080).default(60).describe('Alarm when replicas are this many minutes behind.'),
      pendingOperations: wholeNumber('operations', 1, 1_000_000_000)
        .default(10_000)
        .describe('Alarm when this many operations wait for half an hour.'),
      pendingBytes: wholeNumber('bytes', 1, Number.MAX_SAFE_INTEGER)
        .default(100 * 2 ** 30)
        .describe('Alarm when this many bytes wait for half an hour.'),
      dashboard: onOff().default(true).describe('A CloudWatch dashboard in the source Region, and one in the backup account.'),
    },
    { error: objectError('{ "email": "storage@example.com" }') },
  )
  .prefault({})
  .describe('Who is told when replication fails or falls behind, and from which thresholds on.');

/**
 * Below a quarter of an hour a heartbeat says nothing: S3 replicates most objects within 15 minutes. Above a day nobody would be told in time.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
 */
export const heartbeat = z
  .union(
    [
      z.literal(false),
      z.strictObject(
        { minutes: wholeNumber('minutes', 15, 1440).default(60).describe('Minutes from one heartbeat to the next.') },
        { error: objectError('{ "minutes": 60 }') },
      ),
    ],
    { error: `${objectError('{ "minutes": 60 }')}, or false for no heartbeat` },
  )
  .prefault({})
  .describe(
    'A schedule writes a small object into each source bucket. The backup account raises an alarm when none arrives. false switches it off.',
  );

export const witness = onOff()
  .default(false)
  .describe(
    'An alarm of the backup account when somebody deletes a replica, or changes its bucket, key or policies. Needs a trail in that account.',
  );

/**
 * Two weekly reports at least, so that one is always whole while the next one is written.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
const LEAST_REPORT_DAYS = 14;

/** S3 Inventory of both buckets of each pair. */
export const inventory = z
  .strictObject(
    {
      frequency: oneOf(['Daily', 'Weekly'])
        .default('Daily')
        .describe('How often S3 lists the versions of each bucket. Weekly: every Sunday.'),
      reportDays: wholeNumber('days', LEAST_REPORT_DAYS, MOST_DAYS)
        .default(30)
        .describe('Days after which reports are deleted, in both accounts.'),
    },
    { error: objectError('{ "frequency": "Daily" }') },
  )
  .optional()
  .describe(
    'S3 Inventory of every version in both buckets of each pair. The reports of the source are replicated to the backup account. Without it, there is none.',
  );

export const backfill = onOff()
  .default(false)
  .describe('A role for each pair and one report bucket, for S3 Batch Replication of objects that live replication left behind.');

const targetPrefixError = 'write the first 3 to 40 characters of names of buckets, such as "rescue-", or leave the key out';

/** What a recovery with S3 Batch Operations needs. */
export const recovery = z
  .strictObject(
    {
      batch: onOff()
        .default(false)
        .describe(
          'A role for each pair and one report bucket, for jobs of S3 Batch Operations that copy replicas back into the source bucket: restore --engine batch.',
        ),
      targetPrefix: text(/^[a-z0-9][a-z0-9.-]{2,39}$/, targetPrefixError)
        .optional()
        .describe(
          'Jobs may also write into buckets of the source account and Region whose names start with this. Requires batch. Without it, into the source bucket alone.',
        ),
    },
    { error: objectError('{ "batch": true }') },
  )
  .prefault({})
  .describe('What a recovery needs that is made before it is needed.');

export const bucketNamespace = oneOf(['account-regional', 'global'])
  .default('account-regional')
  .describe('account-regional: bucket names that only your account can own. global for Regions without that namespace.');
export const removal = oneOf(['retain', 'destroy'])
  .default('retain')
  .describe(
    'Whether buckets and keys stay when their stack is deleted. destroy only where the deployment ends in -demo or -test.',
  );

/** The whole configuration. Every key has a default; an unknown key is an error. */
export const configuration = z.strictObject(
  {
    $schema: z
      .string({ error: 'write the path of docs/config.schema.json, or leave the key out' })
      .optional()
      .describe('Path of this JSON Schema, for editors. It changes nothing.'),
    deployment: deployment
      .default('backups')
      .describe(
        'Prefix of every physical name: lower-case letters, digits and hyphens. One deployment of a name for each account and Region.',
      ),
    source,
    destination,
    keyExchange: oneOf(['stack-output', 'ssm'])
      .default('stack-output')
      .describe(
        "How the source stack learns the replica key's ARN. stack-output: CloudFormation reads it. ssm: s3-replication exchange records it.",
      ),
    pairs,
    backfill,
    recovery,
    heartbeat,
    witness,
    inventory,
    lockdown,
    bucketNamespace,
    keyRotationDays: wholeNumber('days between rotations', 90, 2560)
      .default(365)
      .describe('Days between rotations of both keys.'),
    keyDeletionDays: wholeNumber('days before a key is deleted', 7, 30)
      .default(30)
      .describe('Days between the deletion of a key and its end.'),
    removal,
    terminationProtection: onOff()
      .optional()
      .describe('Termination protection of every stack. Without it, true with removal retain, false with destroy.'),
    tags: tagMap(50).default({}).describe('Tags of every stack and everything in it.'),
    monitoring,
    pipeline,
    delivery,
  },
  { error: objectError('{ "deployment": "backups" }') },
);
