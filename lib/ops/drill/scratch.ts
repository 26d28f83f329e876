import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { httpStatusOf, unanswered } from '../../aws/aws-error';
import type { Clock } from '../../aws/clock';
import { isEmulator } from '../../aws/emulator';
import { Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { AppError, messageOf } from '../../errors/errors';
import { groupOfPair } from '../../model/groups';
import { namesOf } from '../../model/names';
import { awsCommand } from '../../model/shell-commands';
import type { DrillPlace, Subject } from './job';
import type { DrillOptions } from './options';
import { DRILL_TAG, scratchBucketName } from './scratch/names';
import { checkEmpty, Scratch } from './scratch/scratch';

/** The bucket that `--to` names, once it is known to be empty; undefined where the drill is to make one. */
export type GivenBucket = Pick<DrillPlace, 'name' | 's3'> | undefined;

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
  subject: Subject,
  given: GivenBucket,
  { rate }: Pick<DrillOptions, 'rate'>,
): Promise<Scratch> {
  const { clock, config, terminal } = context;
  const { source, counts } = subject;
  const { name, s3 } = given ?? { name: scratchBucketName(config, randomBytes(4).toString('hex')), s3: source.s3 };
  const place = { ...source, name, s3, prefix: '', requests: new Requests(clock, counts, rate) };
  const patient = { ...place, requests: new Requests(patientClock(clock), counts, rate) };
  const remedy = awsCommand(
    config,
    'source',
    given === undefined ? `s3 rb s3://${name} --force` : `s3 rm s3://${name} --recursive`,
    {},
  );
  if (given !== undefined) {
    await checkEmpty(place);
    return new Scratch(place, false, patient, remedy);
  }
  const key = await readSourceKey(context, subject);
  const scratch = new Scratch(place, true, patient, remedy, key);
  try {
    await create(context, patient);
  } catch (error) {
    if ((httpStatusOf(error) ?? 500) >= 500) {
      terminal.tell(`whether bucket ${name} was made is not known; to remove it: ${remedy}`);
    }
    throw notMade(name, error);
  }
  try {
    await equip(subject, patient, key);
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
async function readSourceKey({ clients, config }: Context, { pair }: Subject): Promise<string> {
  const Name = namesOf(groupOfPair(config, pair)).source.keyParameter;
  try {
    const { Parameter: found } = await (await clients.ssm('source')).send(new GetParameterCommand({ Name }));
    return found?.Value ?? '';
  } catch (error) {
    throw unanswered(`SSM parameter ${Name}`, error);
  }
}

/**
 * Private and owned by the account, as S3 makes every new bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
async function create({ config }: Context, { name, s3, requests }: DrillPlace): Promise<void> {
  const { region } = config.source;
  const command = new CreateBucketCommand({
    Bucket: name,
    ...(config.bucketNamespace === 'account-regional' && { BucketNamespace: 'account-regional' }),
    // The one region that S3 refuses to be told.
    ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
  });
  await requests.send('other', () => s3.send(command));
}

/** A later drill knows the bucket by its tag. Encryption is as in the source bucket. */
async function equip({ pair }: Subject, { name, s3, requests, owner }: DrillPlace, key: string): Promise<void> {
  const bucket = { Bucket: name, ExpectedBucketOwner: owner };
  await requests.send('other', () => s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet: [DRILL_TAG] } })));
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
    : new AppError(
        'NoScratch',
        `scratch bucket ${name} could not be made: ${messageOf(error)}`,
        'use credentials of the source account that may make buckets, or make an empty bucket and name it with --to',
        { cause: error },
      );
}

/** Sleeps also after the person has interrupted: what was made has to go. */
function patientClock(clock: Clock): Clock {
  return { now: () => clock.now(), sleep: (milliseconds) => clock.sleep(milliseconds).catch(() => wait(milliseconds)) };
}
