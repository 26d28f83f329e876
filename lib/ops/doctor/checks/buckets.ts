import type { ObjectLockConfiguration } from '@aws-sdk/client-s3';
import { plural } from '../../../cli/units';
import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { awsCommand } from '../../../model/shell-commands';
import { BUCKET, type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';

type Ask = (context: DoctorContext, pair: DeployedPair, side: SideName) => Promise<CheckFinding>;

/** The questions that both buckets of a pair are asked, with what is right of one of them. */
const QUESTIONS: readonly (readonly [suffix: string, title: string, ask: Ask])[] = [
  ['bucket', 'bucket exists in its region', exists],
  ['versioning', 'bucket is versioned', versioning],
  ['public-access', 'bucket blocks public access', publicAccess],
  ['ownership', 'bucket owns every object in it', ownership],
  ['encryption', 'bucket encrypts with its key by default', encryption],
  ['bucket-keys', 'bucket uses S3 Bucket Keys as configured', bucketKeys],
];

/** Properties of both buckets of a pair. */
export const BUCKET_CHECKS: readonly Check[] = [
  ...(['source', 'destination'] as const).flatMap((side) =>
    QUESTIONS.map(
      ([suffix, title, ask]): Check => ({
        id: `${BUCKET[side]}-${suffix}`,
        title: `${BUCKET[side]} ${title}`,
        area: 'buckets',
        run: { each: 'pair', ask: (context, pair) => ask(context, pair, side) },
      }),
    ),
  ),
  ...(['source', 'destination'] as const).map(
    (side): Check => ({
      id: `${BUCKET[side]}-object-lock`,
      title: `${BUCKET[side]} bucket has Object Lock as configured`,
      area: 'buckets',
      run: { each: 'pair', ask: (context, pair) => objectLock(context, pair, side) },
    }),
  ),
];

async function exists(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { facts } = context;
  const { name } = facts.buckets.name(side, pair);
  const { region } = context.config[side];
  const expected = `bucket ${name} in ${region}`;
  return orMissing(context, { stack: side, expected }, async () =>
    // An endpoint other than AWS's own may not say.
    compare({
      found: `bucket ${name} in ${(await facts.buckets.region(side, pair)) ?? region}`,
      expected,
      fix: elsewhere(name),
    }),
  );
}

function elsewhere(name: string): string {
  return `choose another "deployment" in the configuration: the name ${name} belongs to a bucket in another region`;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html */
async function versioning({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  return compare({
    found: (await facts.buckets.versioning(side, pair)) ?? 'never enabled',
    expected: 'Enabled',
    fix: awsCommand(config, side, 's3api put-bucket-versioning', {
      bucket: facts.buckets.name(side, pair).name,
      'versioning-configuration': 'Status=Enabled',
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
async function publicAccess({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = (await facts.buckets.publicAccess(side, pair)) ?? {};
  const settings = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
  const text = (value: (setting: (typeof settings)[number]) => boolean) =>
    settings.map((setting) => `${setting}=${value(setting)}`).join(',');
  return compare({
    found: text((setting) => live[setting] === true),
    expected: text(() => true),
    fix: awsCommand(config, side, 's3api put-public-access-block', {
      bucket: facts.buckets.name(side, pair).name,
      'public-access-block-configuration': text(() => true),
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
async function ownership({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  return compare({
    found: (await facts.buckets.ownership(side, pair)) ?? 'not set',
    expected: 'BucketOwnerEnforced',
    fix: awsCommand(config, side, 's3api put-bucket-ownership-controls', {
      bucket: facts.buckets.name(side, pair).name,
      'ownership-controls': 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]',
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html */
async function encryption(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = (await context.facts.buckets.encryption(side, pair))?.ApplyServerSideEncryptionByDefault;
  const { Arn: key } = await context.facts.key(side);
  return compare({
    found: [live?.SSEAlgorithm ?? 'no default encryption', live?.KMSMasterKeyID].filter(Boolean).join(' with '),
    expected: `aws:kms with ${key}`,
    fix: await encryptCommand(context, pair, side),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
async function bucketKeys(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await context.facts.buckets.encryption(side, pair);
  if (live === undefined) {
    return notApplicable(`the bucket has no default encryption: see ${BUCKET[side]}-encryption`);
  }
  const text = (on: boolean) => (on ? 'on' : 'off');
  const [found, expected] = [text(live.BucketKeyEnabled === true), text(pair.bucketKeys)];
  return found === expected ? pass(found) : { status: 'failed', found, expected, fix: await encryptCommand(context, pair, side) };
}

async function encryptCommand({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<string> {
  const alias = facts.names[side].keyAlias;
  const key = await facts.key(side).then(
    ({ Arn: arn }) => arn,
    () => alias,
  );
  return awsCommand(config, side, 's3api put-bucket-encryption', {
    bucket: facts.buckets.name(side, pair).name,
    'server-side-encryption-configuration': {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
          BucketKeyEnabled: pair.bucketKeys,
        },
      ],
    },
  });
}

/**
 * On one side only, Object Lock stops replication.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
 */
async function objectLock({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await facts.buckets.objectLock(side, pair);
  const expected = expectedLock(pair, side);
  const [found, wanted] = [lockText(live), lockText(expected)];
  if (found === wanted) {
    return pass(found);
  }
  const command = awsCommand(config, side, 's3api put-object-lock-configuration', {
    bucket: facts.buckets.name(side, pair).name,
    'object-lock-configuration': expected ?? { ObjectLockEnabled: 'Enabled' },
  });
  return {
    status: 'failed',
    found,
    expected: wanted,
    fix: expected === undefined ? toConfigure(side) : `irreversible: ${command}`,
  };
}

/** Object Lock as the stack of a side sets it, as the S3 API spells it. */
function expectedLock({ objectLock: lock, sourceObjectLock }: DeployedPair, side: SideName): ObjectLockConfiguration | undefined {
  if (side === 'source') {
    return sourceObjectLock ? { ObjectLockEnabled: 'Enabled' } : undefined;
  }
  return lock && { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: lock.mode, Days: lock.days } } };
}

/** What the configuration does not say is for good. */
function toConfigure(side: SideName): string {
  const keys = side === 'source' ? '"sourceObjectLock": true and objectLock' : 'objectLock';
  return `write ${keys} for this pair in the configuration, then deploy both sides: nobody can switch Object Lock off again`;
}

function lockText(lock: ObjectLockConfiguration | undefined): string {
  if (lock?.ObjectLockEnabled !== 'Enabled') {
    return 'no Object Lock';
  }
  const { Mode: mode, Days: days, Years: years } = lock.Rule?.DefaultRetention ?? {};
  const period = days === undefined ? plural(years ?? 0, 'year') : plural(days, 'day');
  return mode === undefined ? 'Object Lock without default retention' : `Object Lock, ${mode} for ${period}`;
}
