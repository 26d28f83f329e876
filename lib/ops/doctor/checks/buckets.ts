import type { Pair, SideName } from '../../../config/replication-config';
import { awsCommand } from '../../../model/shell-commands';
import { BUCKET, type Check, compare, type Finding, notApplicable, pass, type Subject } from '../check';
import { orMissing } from '../missing';

type Ask = (subject: Subject, pair: Pair, side: SideName) => Promise<Finding>;

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
export const BUCKET_CHECKS: readonly Check[] = (['source', 'destination'] as const).flatMap((side) =>
  QUESTIONS.map(
    ([suffix, title, ask]): Check => ({
      id: `${BUCKET[side]}-${suffix}`,
      title: `${BUCKET[side]} ${title}`,
      area: 'buckets',
      run: { each: 'pair', ask: (subject, pair) => ask(subject, pair, side) },
    }),
  ),
);

async function exists(subject: Subject, pair: Pair, side: SideName): Promise<Finding> {
  const { context, facts } = subject;
  const { name } = facts.buckets.name(side, pair);
  const { region } = context.config[side];
  const expected = `bucket ${name} in ${region}`;
  return orMissing(subject, { stack: side, expected }, async () =>
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
async function versioning({ context: { config }, facts }: Subject, pair: Pair, side: SideName): Promise<Finding> {
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
async function publicAccess({ context: { config }, facts }: Subject, pair: Pair, side: SideName): Promise<Finding> {
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
async function ownership({ context: { config }, facts }: Subject, pair: Pair, side: SideName): Promise<Finding> {
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
async function encryption(subject: Subject, pair: Pair, side: SideName): Promise<Finding> {
  const live = (await subject.facts.buckets.encryption(side, pair))?.ApplyServerSideEncryptionByDefault;
  const { Arn: key } = await subject.facts.key(side);
  return compare({
    found: [live?.SSEAlgorithm ?? 'no default encryption', live?.KMSMasterKeyID].filter(Boolean).join(' with '),
    expected: `aws:kms with ${key}`,
    fix: await encryptCommand(subject, pair, side),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
async function bucketKeys(subject: Subject, pair: Pair, side: SideName): Promise<Finding> {
  const live = await subject.facts.buckets.encryption(side, pair);
  if (live === undefined) {
    return notApplicable(`the bucket has no default encryption: see ${BUCKET[side]}-encryption`);
  }
  const text = (on: boolean) => (on ? 'on' : 'off');
  const [found, expected] = [text(live.BucketKeyEnabled === true), text(pair.bucketKeys)];
  return found === expected ? pass(found) : { status: 'fail', found, expected, fix: await encryptCommand(subject, pair, side) };
}

async function encryptCommand({ context: { config }, facts }: Subject, pair: Pair, side: SideName): Promise<string> {
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
