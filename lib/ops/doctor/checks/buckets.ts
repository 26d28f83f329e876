import type { ObjectLockConfiguration, PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { isEmulator } from '../../../aws/emulator';
import { plural } from '../../../cli/units';
import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { BUCKET, type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';
import { byAwsUnderLockdown, byHand, type Repair } from '../repair';

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
  {
    id: 'replica-requester-pays',
    title: 'replica bucket has its owner pay for requests',
    area: 'buckets',
    run: { each: 'pair', ask: payer },
  },
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

function elsewhere(name: string): Repair {
  return byHand(
    `bucket ${name}`,
    `Choose another "deployment" in the configuration: the name ${name} belongs to a bucket in another Region.`,
  );
}

/** A setting of a bucket that one request writes as a whole. */
function wholeSetting(
  context: DoctorContext,
  [pair, side]: readonly [DeployedPair, SideName],
  what: string,
  operation: string,
  options: Readonly<Record<string, string | object>>,
  notes: readonly string[] = [],
): Repair {
  const { name } = context.facts.buckets.name(side, pair);
  return byAwsUnderLockdown(
    context,
    side,
    `${what} of bucket ${name}`,
    `s3api ${operation}`,
    { bucket: name, ...options },
    notes,
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html */
async function versioning(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await context.facts.buckets.versioning(side, pair);
  const expected = (await context.facts.expected.versioning(side, pair)) ?? 'Suspended';
  return compare({
    found: live ?? 'never enabled',
    expected,
    fix: wholeSetting(context, [pair, side], 'versioning', 'put-bucket-versioning', {
      'versioning-configuration': `Status=${expected}`,
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
async function publicAccess(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = (await context.facts.buckets.publicAccess(side, pair)) ?? {};
  const expected = publicAccessText(await context.facts.expected.publicAccess(side, pair));
  return compare({
    found: publicAccessText(live),
    expected,
    fix: wholeSetting(context, [pair, side], 'public access block', 'put-public-access-block', {
      'public-access-block-configuration': expected,
    }),
  });
}

/** Settings of a public access block, in one spelling. */
export function publicAccessText(settings: PublicAccessBlockConfiguration): string {
  const all = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
  return all.map((setting) => `${setting}=${settings[setting] === true}`).join(',');
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
async function ownership(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await context.facts.buckets.ownership(side, pair);
  // What S3 does with a bucket that is made without one.
  const expected = (await context.facts.expected.ownership(side, pair)) ?? 'BucketOwnerEnforced';
  return compare({
    found: live ?? 'not set',
    expected,
    fix: wholeSetting(context, [pair, side], 'object ownership', 'put-bucket-ownership-controls', {
      'ownership-controls': `Rules=[{ObjectOwnership=${expected}}]`,
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html */
async function payer(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator has nobody pay');
  }
  return compare({
    found: (await context.facts.buckets.payer('destination', pair)) ?? 'not known',
    expected: 'BucketOwner',
    fix: wholeSetting(context, [pair, 'destination'], 'payer of requests', 'put-bucket-request-payment', {
      'request-payment-configuration': 'Payer=BucketOwner',
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html */
async function encryption(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = (await context.facts.buckets.encryption(side, pair))?.ApplyServerSideEncryptionByDefault;
  await context.facts.key(side);
  const { algorithm, key } = await context.facts.expected.encryption(side, pair);
  const text = (...words: readonly (string | undefined)[]) => words.filter(Boolean).join(' with ');
  return compare({
    found: text(live?.SSEAlgorithm ?? 'no default encryption', live?.KMSMasterKeyID),
    expected: text(algorithm, key),
    fix: await encrypt(context, pair, side),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
async function bucketKeys(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await context.facts.buckets.encryption(side, pair);
  if (live === undefined) {
    return notApplicable(`the bucket has no default encryption: see ${BUCKET[side]}-encryption`);
  }
  const { bucketKey } = await context.facts.expected.encryption(side, pair);
  const text = (on: boolean) => (on ? 'on' : 'off');
  const [found, expected] = [text(live.BucketKeyEnabled === true), text(bucketKey)];
  return found === expected ? pass(found) : { status: 'failed', found, expected, fix: await encrypt(context, pair, side) };
}

async function encrypt(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<Repair> {
  const { facts } = context;
  const { BlockedEncryptionTypes: blocked } = (await facts.buckets.encryption(side, pair)) ?? {};
  const { algorithm, key, bucketKey } = await facts.expected.encryption(side, pair);
  return wholeSetting(context, [pair, side], 'default encryption', 'put-bucket-encryption', {
    'server-side-encryption-configuration': {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, ...(key !== undefined && { KMSMasterKeyID: key }) },
          BucketKeyEnabled: bucketKey,
          // Types that somebody blocked stay blocked.
          ...(blocked && { BlockedEncryptionTypes: blocked }),
        },
      ],
    },
  });
}

/**
 * On one side only, Object Lock stops replication.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
 */
async function objectLock(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const live = await context.facts.buckets.objectLock(side, pair);
  const expected = await context.facts.expected.objectLock(side, pair);
  return compare({
    found: lockText(live),
    expected: lockText(expected),
    fix:
      expected === undefined
        ? toConfigure(context, pair, side)
        : wholeSetting(
            context,
            [pair, side],
            'Object Lock',
            'put-object-lock-configuration',
            { 'object-lock-configuration': expected },
            ['Nobody can switch Object Lock off again.'],
          ),
  });
}

/** Object Lock that the deployed stack does not have: it stays, whatever the configuration says. */
function toConfigure({ facts }: DoctorContext, pair: DeployedPair, side: SideName): Repair {
  const keys = side === 'source' ? '"sourceObjectLock": true and objectLock' : 'objectLock';
  return byHand(
    `Object Lock of bucket ${facts.buckets.name(side, pair).name}`,
    `Write ${keys} for this pair into the configuration, then deploy both sides: nobody can switch Object Lock off again.`,
  );
}

/** Object Lock of a bucket, in words. */
export function lockText(lock: ObjectLockConfiguration | undefined): string {
  if (lock?.ObjectLockEnabled !== 'Enabled') {
    return 'no Object Lock';
  }
  const { Mode: mode, Days: days, Years: years } = lock.Rule?.DefaultRetention ?? {};
  const period = days === undefined ? plural(years ?? 0, 'year') : plural(days, 'day');
  return mode === undefined ? 'Object Lock without default retention' : `Object Lock, ${mode} for ${period}`;
}
