import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import { denialHint, faultInWords, httpStatusOf, isAccessDenied, isAwsError, unreachable } from '../../aws/aws-error';
import type { Clock } from '../../aws/clock';
import { isEmulator } from '../../aws/emulator';
import { pageOf } from '../../aws/listing/bucket';
import { readKeyArn } from '../../aws/parameter';
import { Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { AppError, UnreachableError, UsageError } from '../../errors/errors';
import { type Deployment, groupOfPair } from '../../model/deployment';
import { bucketNamed, longestNamePrefix } from '../../model/names';
import { awsCommand } from '../../model/shell-commands';
import { type Tag, tagsOfMade } from '../../model/tags';
import { type Item, idOf, type OpenUploads, type OwnedBucket } from '../copy/model';
import { abortUpload, deleteVersions, removeBucket } from './empty-bucket';
import type { DrillJob } from './job';
import type { DrillOptions } from './options';

/** The bucket that a drill restores into, and what the drill has written there. */
export class Scratch {
  /** Keys that the drill may have written since the bucket was cleared. */
  private readonly written = new Set<string>();
  private readonly open = new Map<string, { readonly key: string; readonly uploadId: string }>();

  /**
   * @param made the drill made the bucket, so that everything in it goes, and the bucket too
   * @param patient the same bucket, with requests that go on after the person interrupts
   * @param remedy command that cleans up by hand
   * @param keyArn key that encrypts what is written there. @default - the bucket is somebody else's choice
   */
  constructor(
    readonly bucket: OwnedBucket,
    readonly made: boolean,
    private readonly patient: OwnedBucket,
    private readonly remedy: string,
    readonly keyArn?: string,
  ) {}

  readonly uploads: OpenUploads = {
    find: (item) => this.open.get(idOf(item))?.uploadId,
    begun: async (item, uploadId) => {
      this.open.set(idOf(item), { key: item.key, uploadId });
    },
    ended: (item) => {
      this.open.delete(idOf(item));
    },
  };

  /** To be called before the object is written. */
  begin({ key }: Item): void {
    this.written.add(key);
  }

  /**
   * Deletes what the drill has written: the bucket was empty before, so that a key which the drill has written has nothing else.
   *
   * @throws AppError when one version cannot be deleted, and whatever S3 answers
   */
  async clear(): Promise<void> {
    for (const [id, { key, uploadId }] of this.open) {
      await abortUpload(this.patient, key, uploadId).catch((error: unknown) => {
        if (!isAwsError(error, 'NoSuchUpload')) {
          throw error;
        }
      });
      this.open.delete(id);
    }
    if (this.written.size > 0) {
      await deleteVersions(this.patient, ({ key }) => this.written.has(key));
      this.written.clear();
    }
  }

  /** Deletes what is left of the drill. Never throws: what it returns is what stays, and what removes it. */
  async close(): Promise<string | undefined> {
    try {
      await this.clear();
      if (this.made) {
        await removeBucket(this.patient);
      }
      return undefined;
    } catch (error) {
      const next = this.made ? 'the next drill finds it and offers to remove it, or do' : 'it was empty before the drill; do';
      return `bucket ${this.bucket.name} could not be cleaned up: ${faultInWords(error)}; ${next}: ${this.remedy}`;
    }
  }
}

/**
 * Whatever a drill would find in the bucket, it could not tell from what it restores.
 *
 * @throws UsageError when the bucket has anything in it, noncurrent versions and delete markers too
 */
async function checkEmpty(bucket: OwnedBucket): Promise<void> {
  const { entries } = await pageOf({ ...bucket, prefix: '' }, { MaxKeys: 1 });
  if (entries.length > 0) {
    throw new UsageError(
      'NotEmpty',
      `bucket ${bucket.name} is not empty: a drill would not know what is its own`,
      'name an empty bucket, without old versions too, or leave --to out',
    );
  }
}

/** The bucket that `--to` names, once it is known to be empty; undefined where the drill is to make one. */
export type GivenBucket = Pick<OwnedBucket, 'name' | 's3'> | undefined;

/**
 * Milliseconds for which a new bucket's encryption may not count everywhere yet: S3 promises no more than eventual consistency.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
const SETTLING = 10_000;

/**
 * The scratch bucket of one pair.
 *
 * @throws AppError when it cannot be made, or is not empty
 */
export async function openScratch(
  context: Context,
  job: DrillJob,
  given: GivenBucket,
  { rate }: Pick<DrillOptions, 'rate'>,
): Promise<Scratch> {
  const { clock, config, terminal } = context;
  const { source, counts } = job;
  const { name, s3 } = given ?? { name: scratchBucketName(config, randomBytes(4).toString('hex')), s3: source.s3 };
  const bucket = { ...source, name, s3, prefix: '', requests: new Requests(clock, counts, rate) };
  const patient = { ...bucket, requests: new Requests(patientClock(clock), counts, rate) };
  const remedy = awsCommand(
    config,
    'source',
    given === undefined ? `s3 rb s3://${name} --force` : `s3 rm s3://${name} --recursive`,
    {},
  );
  if (given !== undefined) {
    await checkEmpty(bucket);
    return new Scratch(bucket, false, patient, remedy);
  }
  const key = await readSourceKey(context, job);
  const scratch = new Scratch(bucket, true, patient, remedy, key);
  try {
    await create(context, patient);
  } catch (error) {
    if ((httpStatusOf(error) ?? 500) >= 500) {
      terminal.tell(`whether bucket ${name} was made is not known; to remove it: ${remedy}`);
    }
    throw notMade(name, error);
  }
  try {
    await equip(context, job, patient, key);
    if (!isEmulator()) {
      await clock.sleep(SETTLING);
    }
  } catch (error) {
    const left = await scratch.close();
    if (left !== undefined) {
      terminal.tell(left);
    }
    throw notMade(name, error);
  }
  return scratch;
}

/** Key that encrypts what is restored, as the SSM parameter of the source stack has it. */
async function readSourceKey({ clients, config }: Context, { pair }: DrillJob): Promise<string> {
  const Name = groupOfPair(config, pair).names.source.keyParameter;
  try {
    return await readKeyArn(await clients.ssm('source'), Name);
  } catch (error) {
    throw unreachable(`SSM parameter ${Name}`, error);
  }
}

/**
 * Private and owned by the account, as S3 makes every new bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
async function create({ config }: Context, { name, s3, requests }: OwnedBucket): Promise<void> {
  const { region } = config.source;
  const settings = {
    // The one region that S3 refuses to be told.
    ...(region !== 'us-east-1' && { LocationConstraint: region as BucketLocationConstraint }),
    ...(isTagged(config) && { Tags: scratchTags(config) }),
  };
  const command = new CreateBucketCommand({
    Bucket: name,
    ...(config.bucketNamespace === 'account-regional' && { BucketNamespace: 'account-regional' }),
    ...(Object.keys(settings).length > 0 && { CreateBucketConfiguration: settings }),
  });
  await requests.send('other', () => s3.send(command));
}

/** A later drill knows the bucket by its tag. Encryption is as in the source bucket. */
async function equip(
  { config }: Context,
  { pair }: DrillJob,
  { name, s3, requests, owner }: OwnedBucket,
  key: string,
): Promise<void> {
  const bucket = { Bucket: name, ExpectedBucketOwner: owner };
  if (!isTagged(config)) {
    await requests.send('other', () =>
      s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet: scratchTags(config) } })),
    );
  }
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } as const,
    BucketKeyEnabled: pair.bucketKeys,
  };
  await requests.send('other', () =>
    s3.send(new PutBucketEncryptionCommand({ ...bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } })),
  );
}

function notMade(name: string, error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new UnreachableError(
        'NoScratch',
        `scratch bucket ${name} could not be made: ${faultInWords(error)}`,
        isAccessDenied(error)
          ? denialHint(
              error,
              'use credentials of the source account that may make buckets, or make an empty bucket and name it with --to',
            )
          : undefined,
        { cause: error },
      );
}

/** Sleeps also after the person has interrupted: what was made has to go. */
function patientClock(clock: Clock): Clock {
  return { now: () => clock.now(), sleep: (milliseconds) => clock.sleep(milliseconds).catch(() => wait(milliseconds)) };
}

/** Whether the bucket gets its tags when it is made, which takes `s3:TagResource`; else afterwards, which takes `s3:PutBucketTagging`. */
function isTagged({ tags }: Deployment): boolean {
  return Object.keys(tags).length > 0;
}

function scratchTags({ tags }: Deployment): Tag[] {
  return [DRILL_TAG, ...tagsOfMade({ tags }, [], 49).filter(({ Key }) => Key !== DRILL_TAG.Key)];
}

/** Tags a bucket that a drill made, so that a later one knows it. */
export const DRILL_TAG = { Key: 's3-replication', Value: 'drill' } as const;

/**
 * A bucket that a drill makes, in the source account and region.
 *
 * @param random hexadecimal digits that tell it from every other one
 * @throws UsageError when the name would be too long for S3
 */
function scratchBucketName(config: Deployment, random: string): string {
  const id = `drill-${random}`;
  const { deployment, source, bucketNamespace } = config;
  if (deployment.length + 1 + id.length > longestNamePrefix(source.region, bucketNamespace)) {
    throw new UsageError(
      'NameTooLong',
      `the name of the deployment leaves no room for the name of a scratch bucket, ${deployment}-${id}`,
      'make an empty bucket in the source account, and name it with --to',
    );
  }
  return bucketNamed(config, source, id).name;
}

/** Every scratch bucket of a deployment begins so. */
export function scratchPrefix({ deployment }: Deployment): string {
  return `${deployment}-drill-`;
}

/** Whether a drill of this deployment can have made a bucket of this name. */
export function isScratchName(config: Deployment, name: string): boolean {
  const random = /^[0-9a-f]+/.exec(name.slice(scratchPrefix(config).length))?.[0];
  return random !== undefined && name === bucketNamed(config, config.source, `drill-${random}`).name;
}
